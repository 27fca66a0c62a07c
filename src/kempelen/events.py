"""What can happen. The events' table is the activity page and the source of every notification."""

from __future__ import annotations

from enum import IntEnum

from kempelen.operation import Event


class EventKind(IntEnum):
    """The kinds of event; the first eleven are MTurk's own names, and those requesters subscribe to."""

    HITCreated = 1
    HITExtended = 2
    HITExpired = 3
    HITReviewable = 4
    HITDisposed = 5
    AssignmentAccepted = 6
    AssignmentSubmitted = 7
    AssignmentReturned = 8
    AssignmentAbandoned = 9
    AssignmentApproved = 10
    AssignmentRejected = 11
    Ping = 12

    HITTypeCreated = 20
    HITTypeChanged = 21
    HITReviewStatusChanged = 22
    BonusPaid = 23
    WorkerBlocked = 24
    WorkerUnblocked = 25
    WorkersNotified = 26
    LateAnswerKept = 27
    LateAnswerPaid = 28
    FileReceived = 29
    TaskSettingsChanged = 30
    PriorityChanged = 31
    LayoutCreated = 32
    NotificationSettingsChanged = 33
    TaskReported = 34
    HITGroupPaused = 35
    HITGroupResumed = 36
    HITTakenDown = 37
    MediaKept = 38
    MediaDeleted = 39

    QualificationTypeCreated = 40
    QualificationTypeChanged = 41
    QualificationTypeDeleted = 42
    QualificationRequested = 43
    QualificationGranted = 44
    QualificationRevoked = 45
    QualificationRequestRejected = 46
    QualificationRequestWithdrawn = 47
    MessageSent = 50

    Deposited = 60
    TermsChanged = 61
    QuotaChanged = 62
    DeadLetterReplayed = 63
    FeeRefunded = 64

    RequesterAdded = 80
    WorkerAdded = 81
    OperatorAdded = 82
    KeyCreated = 83
    KeyChanged = 84
    PolicyChanged = 85
    TokenCreated = 86
    TokenRevoked = 87
    AccountChanged = 88
    MemberAdded = 89
    SignedIn = 90


SUBSCRIBABLE = frozenset(EventKind(number) for number in range(1, 12))
"""The kinds a notification can be asked for (`Ping` only by a test)."""

__all__ = ["SUBSCRIBABLE", "Event", "EventKind"]
