"""What people say to the embedded provider whatever its session is about, with {slots}, and what may stand in them.

It mirrors what the built-in brain knows (`small_talk`). Nothing here is a rule: what is not here is understood less
well.
"""

from collections.abc import Sequence

Phrases = Sequence[str]


def _listed(text: str) -> Phrases:
    return tuple(" ".join(phrase.split()) for phrase in text.split(","))


SMALL_TALK = _listed("""
    hello, hi, hey, good morning, good evening, hello there, how are you, how are you today,
    what time is it, what is the time, tell me the time, what day is it, what day is it today, what is the date,
    what is today's date, tell me a joke, tell me another joke, do you know a joke, flip a coin, toss a coin,
    roll a die, roll the dice, roll {number} dice, throw {number} dice,
    count to {number}, count from {number} to {number}, count up to {number}, count down from {number},
    what is {number} plus {number}, what is {number} minus {number}, what is {number} times {number},
    what is {number} divided by {number}, what's {number} plus {number}, how much is {number} times {number},
    {number} plus {number}, {number} minus {number}, {number} times {number}, {number},
    my name is {name}, i am {name}, call me {name}, what is my name, who am i, do you know my name,
    who are you, what are you, what can you do, what do you know, help, help me, can you help me,
    repeat that, please repeat that, say that again, say it again, say hello, repeat after me hello,
    thank you, thanks, thank you very much, goodbye, bye, good night, see you later,
    stop, stop it, please stop, cancel, be quiet, quiet, okay, wait, wait a moment, yes, no, yes please,
    no thank you, never mind, that's all
""")
FRAMES = _listed("""
    {}, please {}, {} please, can you {}, could you {}, i want to {}, i would like to {}, now {}, what is the {},
    what's the {}, how is the {}, tell me the {}, show me the {}, give me the {}, get the {}, check the {},
    what is the {} like, and the {}
""")
"""Ways to ask for something that a tool does or knows."""
REQUESTS = FRAMES[:8]
"""Those of them that fit what a tool does."""
NAMES = _listed("""
    Adam, Alice, Anna, Ben, Bob, Carol, Charlie, Chris, Clara, Daniel, David, Emma, Eric, Eva, Frank, George, Grace,
    Hannah, Harry, Helen, Henry, Jack, James, Jane, John, Julia, Kate, Laura, Leo, Linda, Lisa, Lucy, Maria, Mark,
    Martin, Mary, Max, Michael, Nina, Oliver, Olivia, Oscar, Paul, Peter, Richard, Robert, Rose, Sam, Sarah, Simon,
    Sophie, Steve, Susan, Thomas, Tom, Tony, Victor
""")
PLACES = _listed("""
    Amsterdam, Athens, Atlanta, Austin, Bangkok, Barcelona, Beijing, Berlin, Boston, Brussels, Budapest, Cairo,
    Cape Town, Chicago, Copenhagen, Dallas, Delhi, Denver, Detroit, Dubai, Dublin, Edinburgh, Florence, Frankfurt,
    Geneva, Hamburg, Helsinki, Hong Kong, Houston, Istanbul, Jerusalem, Lima, Lisbon, Liverpool, London, Los Angeles,
    Madrid, Manchester, Melbourne, Mexico City, Miami, Milan, Montreal, Moscow, Mumbai, Munich, Nairobi, Naples,
    New York, Oslo, Ottawa, Oxford, Paris, Philadelphia, Prague, Rome, San Francisco, Santiago, Seattle, Seoul,
    Shanghai, Singapore, Stockholm, Sydney, Tokyo, Toronto, Vancouver, Venice, Vienna, Warsaw, Washington, Zurich,
    Australia, Austria, Brazil, Canada, China, Denmark, Egypt, England, France, Germany, Greece, India, Ireland, Italy,
    Japan, Mexico, Norway, Poland, Portugal, Scotland, Spain, Sweden, Switzerland, Turkey
""")
NUMBERS = (*map(str, range(21)), *map(str, range(30, 101, 10)), *_listed("25, 42, 75, 99, 150, 200, 500, 1000"))
