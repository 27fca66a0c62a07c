"""Letters about one's own account, in the language the person reads. Nothing here knows of pages."""

from __future__ import annotations

from typing import Final

FALLBACK = "en"
_ENGLISH: Final = {
    "confirmation": (
        "Confirm your address",
        "Somebody, hopefully you, made an account at Kempelen with this address. Confirm it here within "
        "a day:"
        "\n\n{link}\n\nIf it was not you, do nothing: nobody can work with the account then.",
    ),
    "known": (
        "You already have an account",
        "Somebody, hopefully you, wanted to make an account at Kempelen with this address. You have "
        "one: sign "
        "in, or choose a new password here:\n\n{link}\n\nIf it was not you, do nothing: nothing was changed.",
    ),
    "reset": (
        "A new password",
        "Choose a new password for Kempelen here within an hour:\n\n{link}\n\nIf you did not ask for "
        "this, do "
        "nothing: your password stays as it is.",
    ),
    "password": (
        "Your password was changed",
        "The password of your account at Kempelen was changed, and every session was ended. If it was not "
        "you, choose a new one here:\n\n{link}",
    ),
    "address": (
        "Confirm your new address",
        "Confirm here within a day that your account at Kempelen is to have this "
        "address:\n\n{link}\n\nIf you "
        "did not ask for this, do nothing.",
    ),
    "leaving": (
        "Your address is about to change",
        "Your account at Kempelen is to have the address {address} as soon as it is confirmed. If it was not "
        "you who asked for this, change your password now:\n\n{link}",
    ),
    "factor": (
        "Your ways to sign in have changed",
        "A second factor of your account at Kempelen was added or removed. If it was not you, change your "
        "password now:\n\n{link}",
    ),
    "suspended": (
        "You cannot take work at present",
        "Your account at Kempelen was suspended: {cause}\n\nYou can still sign in, read and withdraw "
        "what you "
        "have earned. Write to {contact} if this is wrong. More is here:\n\n{link}",
    ),
    "restored": (
        "You can take work again",
        "Your account at Kempelen is no longer suspended:\n\n{link}",
    ),
    "closed": (
        "Your account is closed",
        "Your account at Kempelen is closed and your personal data are removed. Thank you for your work.",
    ),
}
_SPANISH: Final = {
    "confirmation": (
        "Confirma tu dirección",
        "Alguien, esperamos que tú, creó una cuenta en Kempelen con esta dirección. Confírmala aquí antes de "
        "un día:\n\n{link}\n\nSi no fuiste tú, no hagas nada: así nadie puede trabajar con la cuenta.",
    ),
    "known": (
        "Ya tienes una cuenta",
        "Alguien, esperamos que tú, quiso crear una cuenta en Kempelen con esta dirección. Ya tienes una: "
        "inicia sesión o elige aquí una contraseña nueva:\n\n{link}\n\nSi no fuiste tú, no hagas nada: no ha "
        "cambiado nada.",
    ),
    "reset": (
        "Una contraseña nueva",
        "Elige aquí, antes de una hora, una contraseña nueva para Kempelen:\n\n{link}\n\nSi no la "
        "pediste, no "
        "hagas nada: tu contraseña sigue igual.",
    ),
    "password": (
        "Tu contraseña ha cambiado",
        "La contraseña de tu cuenta en Kempelen ha cambiado y se han cerrado todas las sesiones. Si no "
        "fuiste "
        "tú, elige otra aquí:\n\n{link}",
    ),
    "address": (
        "Confirma tu nueva dirección",
        "Confirma aquí, antes de un día, que tu cuenta en Kempelen debe tener esta dirección:\n\n{link}\n\n"
        "Si no lo pediste, no hagas nada.",
    ),
    "leaving": (
        "Tu dirección va a cambiar",
        "Tu cuenta en Kempelen tendrá la dirección {address} en cuanto se confirme. Si no lo pediste tú, "
        "cambia tu contraseña ahora:\n\n{link}",
    ),
    "factor": (
        "Han cambiado tus formas de iniciar sesión",
        "Se ha añadido o quitado un segundo factor de tu cuenta en Kempelen. Si no fuiste tú, cambia tu "
        "contraseña ahora:\n\n{link}",
    ),
    "suspended": (
        "Por ahora no puedes aceptar trabajo",
        "Tu cuenta en Kempelen ha sido suspendida: {cause}\n\nPuedes seguir iniciando sesión, leer y retirar "
        "lo que has ganado. Escribe a {contact} si es un error. Más información:\n\n{link}",
    ),
    "restored": (
        "Puedes volver a aceptar trabajo",
        "Tu cuenta en Kempelen ya no está suspendida:\n\n{link}",
    ),
    "closed": (
        "Tu cuenta está cerrada",
        "Tu cuenta en Kempelen está cerrada y tus datos personales se han borrado. Gracias por tu trabajo.",
    ),
}
_ARABIC: Final = {
    "confirmation": (
        "أكّد عنوان بريدك",
        "أنشأ شخص ما، ونرجو أن يكون أنت، حسابًا في Kempelen بهذا العنوان. أكّده هنا خلال يوم "
        "واحد:\n\n{link}\n\n"
        "إن لم تكن أنت فلا تفعل شيئًا، ولن يستطيع أحد العمل بهذا الحساب.",
    ),
    "known": (
        "لديك حساب بالفعل",
        "أراد شخص ما، ونرجو أن يكون أنت، إنشاء حساب في Kempelen بهذا العنوان. لديك حساب بالفعل: سجّل الدخول، "
        "أو اختر كلمة مرور جديدة هنا:\n\n{link}\n\nإن لم تكن أنت فلا تفعل شيئًا، فلم يتغيّر شيء.",
    ),
    "reset": (
        "كلمة مرور جديدة",
        "اختر كلمة مرور جديدة لحسابك في Kempelen هنا خلال ساعة:\n\n{link}\n\nإن لم تطلب ذلك فلا تفعل شيئًا، "
        "وستبقى كلمة مرورك كما هي.",
    ),
    "password": (
        "تغيّرت كلمة مرورك",
        "تغيّرت كلمة مرور حسابك في Kempelen وأُنهيت كل الجلسات. إن لم تكن أنت فاختر كلمة مرور أخرى "
        "هنا:\n\n{link}",
    ),
    "address": (
        "أكّد عنوانك الجديد",
        "أكّد هنا خلال يوم واحد أن يكون هذا عنوان حسابك في Kempelen:\n\n{link}\n\nإن لم تطلب ذلك فلا "
        "تفعل شيئًا.",
    ),
    "leaving": (
        "عنوانك على وشك أن يتغيّر",
        "سيصبح عنوان حسابك في Kempelen هو {address} فور تأكيده. إن لم تطلب ذلك أنت فغيّر كلمة مرورك الآن:"
        "\n\n{link}",
    ),
    "factor": (
        "تغيّرت طرق تسجيل دخولك",
        "أُضيف عامل ثانٍ إلى حسابك في Kempelen أو أُزيل منه. إن لم تكن أنت فغيّر كلمة مرورك الآن:\n\n{link}",
    ),
    "suspended": (
        "لا يمكنك قبول العمل حاليًا",
        "عُلّق حسابك في Kempelen: {cause}\n\nما زال بإمكانك تسجيل الدخول والقراءة وسحب ما كسبته. اكتب إلى "
        "{contact} إن كان ذلك خطأ. التفاصيل هنا:\n\n{link}",
    ),
    "restored": (
        "يمكنك قبول العمل من جديد",
        "لم يعد حسابك في Kempelen معلّقًا:\n\n{link}",
    ),
    "closed": (
        "أُغلق حسابك",
        "أُغلق حسابك في Kempelen وحُذفت بياناتك الشخصية. شكرًا على عملك.",
    ),
}
TEXTS: Final = {"en": _ENGLISH, "es": _SPANISH, "ar": _ARABIC}
"""Subject and text of every letter, by language and kind."""


def letter(language: str | None, kind: str, **facts: str) -> tuple[str, str]:
    """The subject and the text of a letter of that kind, in English for a language we do not write."""
    subject, text = TEXTS.get(language or FALLBACK, _ENGLISH)[kind]
    return subject, text.format(**facts)
