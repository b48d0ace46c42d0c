"""Numbers in images of fields, such as the boxes, combs and lines of forms: read with a classifier of single digits.

    from docsight import images

    reading = images.digits("field.png")
    reading.text, reading.probability, [digit.box for digit in reading.digits]

`field_reader` puts the steps together: `clean_field` separates ink from paper (`ink_map`) and removes printed lines
(`lines`, `rings`), `pieces` cuts what is left, and `decoding` chooses among all ways to make digits of the pieces.
Imports `networks`, `images` and `bundle`.
"""

from docsight.number_fields.clean_field import without_frame
from docsight.number_fields.field_digits import digits
from docsight.number_fields.field_reader import Digit, NumberReader, NumberReading
from docsight.number_fields.field_reading import HANDWRITING, FieldReading

__all__ = ["HANDWRITING", "Digit", "FieldReading", "NumberReader", "NumberReading", "digits", "without_frame"]
