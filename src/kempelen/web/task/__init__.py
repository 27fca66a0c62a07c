"""What is inside a task's frame, and how an answer comes out of it.

`frames` says what the page around it needs for its iframe element. `contents` serves requesters' HTML and our
question forms on the task listener, which knows no cookie. `submission` takes answers at externalSubmit.
The messages between a frame and the page around it are described in docs/explanation/task-frame.md.
"""
