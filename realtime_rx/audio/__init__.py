"""Sound: what it is made of, and the machine's own microphone and speaker.

``pcm`` ``resampling`` ``levels`` ``echo``  samples; pure, by numpy and soxr
``playback`` ``output``                     what waits to be heard, and the thread that lets it be heard
``devices`` ``wav``                         an ``AudioInput`` and an ``AudioOutput`` each: the machine's own, and files

What needs a package of the ``audio`` extra says so in one line when it is imported; the library works without them.
"""
