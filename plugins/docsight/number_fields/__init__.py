"""Numbers in images of fields, such as the boxes, combs and lines of forms: read with a classifier of single digits.

    from docsight import images

    reading = images.digits("field.png")
    reading.text, reading.probability, [digit.box for digit in reading.digits]

`field_reader` puts the steps together: `ink_map` separates ink from paper, `lines` and `rings` remove printed lines, `pieces`
cuts what is left, and `decoding` chooses among all ways to make digits of the pieces. Imports `networks`, `images` and
`bundle`.
"""

from docsight.number_fields.field_digits import digits
from docsight.number_fields.field_reader import Digit, NumberReader, NumberReading

__all__ = ["Digit", "NumberReader", "NumberReading", "digits"]
