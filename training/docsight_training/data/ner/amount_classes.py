"""The classes of tokens that the rules for amounts are written in; see `token_grammar`."""

# The words of each class, compared in lower case.
AMOUNT_WORDS = {
    "number": "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety",
    "scale": "hundred thousand million billion trillion bn mn mln tn dozen lakh crore",
    "scales": "hundreds thousands millions billions trillions tens dozens",
    "a": "a an",
    "half": "half",
    "quarter": "quarter quarters third thirds fifth fifths tenth tenths",
    "of": "of",
    "the": "the",
    "and": "and or",
    "to": "to",
    "by": "by x \u00d7",
    "dash": "- \u2013 \u2014 --",
    "slash": "/",
    "open": "(",
    "minus": "+ \u2212 \u00b1",
    "period": ".",
    "colon": ":",
    "symbol": "$ \u00a3 \u20ac \u00a5 \u20b9 \u20a9 \u20bd \u20aa \u20ba us$ u.s.$ a$ au$ c$ ca$ hk$ nz$ s$ nt$ r$ "
    "rs rs.",
    "code": "usd eur gbp jpy chf cad aud nzd cny rmb inr krw sek nok dkk dem brl mxn",
    "currency": "dollar dollars euro euros yen yuan renminbi rupee rupees franc francs peso pesos ruble rubles rouble "
    "roubles pence shilling shillings lira liras lire kronor kroner krona krone zloty baht dinar dinars dirham "
    "dirhams ringgit deutschmarks reichsmarks guilders drachmas shekel shekels rupiah naira cents",
    "pounds": "pound pounds",
    "coin": "cent mark marks won crown crowns real reals rand rands bucks buck quid penny pennies",
    "sterling": "sterling",
    "nation": "us u.s. american canadian australian singapore swiss french belgian german british egyptian indian "
    "japanese chinese hong kong new zealand jamaican turkish italian russian mexican philippine",
    "percent": "% percent pct pct. \u2030",
    "percent_share": "percentage",
    "per": "per",
    "point": "point points",
    "cent_of_per": "centum",
    "unit": "km kms kilometre kilometres kilometer kilometers metre metres meter meters cm centimetre centimetres "
    "centimeter centimeters mm millimetre millimetres millimeter millimeters \u00b5m nm micrometers nanometers "
    "mi mile miles foot feet ft ft. inch inches yard yards yd yds furlongs fathoms light-years parsecs "
    "acre acres hectare hectares km\u00b2 km2 m\u00b2 m2 cm\u00b2 mi\u00b2 m\u00b3 m3 cm\u00b3 cm3 sqft sqkm "
    "kg kgs kilo kilos kilogram kilograms kilogramme kilogrammes gram grams grammes mg milligrams micrograms "
    "tonne tonnes ton tons lb lbs lb. lbs. oz oz. ounce ounces carat carats "
    "litre litres liter liters ml millilitres milliliters gallon gallons pint pints quart quarts barrels bushels "
    "teaspoon teaspoons tablespoon tablespoons tbsp tsp "
    "mph kph kmh km/h m/s kn knot knots rpm kw mw gw kwh mwh gwh twh watt watts kilowatt kilowatts megawatt megawatts "
    "gigawatts kilowatt-hours horsepower hp bhp volt volts amps amperes ohms joules kj mj calories kcal kilocalories "
    "hz khz mhz ghz hertz megahertz gigahertz db decibels psi kpa mpa hpa mbar pascals "
    "kb mb gb tb pb kib mib gib kilobytes megabyte megabytes gigabyte gigabytes terabyte terabytes "
    "kbit/s mbit/s gbit/s kbps mbps gbps megapixel megapixels megapixels",
    "m": "m",
    "people": "people men women children copies",
    "inch": "in",
    "kilo": "k b",
    "little_unit": "g l v w s in. c f j n t pa bar stone bit bits byte bytes rod rods chains bar bars cup cups",
    "degrees": "\u00b0 \u00ba degree degrees deg",
    "celsius": "celsius fahrenheit centigrade kelvin \u00b0c \u00b0f \u00bac \u00baf",
    "power": "square sq sq. cubic cu cu. nautical metric short long fluid statute linear running",
    "hour": "hour second h hr sec",
    "clock_hours": "hours hrs",
    "ampm": "a.m. p.m. am pm a.m p.m",
    "noon": "noon midnight midday",
    "oclock": "o'clock o\u2019clock oclock",
    "o": "o",
    "clock_word": "clock 'clock",
    "apostrophe": "' \u2019",
    "past": "past",
    "at_hour": "at @",
    "at": "until till by around about before after since from between",
    "close": ") ] , ;",
    "time": "time",
    "zone": "gmt utc est edt pst pdt cst cdt mst mdt cet cest bst ist jst ict",
    "region": "eastern pacific central local",
    "north": "n s e w north south east west n. s. e. w.",
    "wide": "wide long high tall deep",
}
# The same with their case, before those above.
EXACT_AMOUNT_WORDS = {
    "little_unit": "C F K L V W A J N T",
    "other": "Mark Rand Real Crown Buck Stone MI M S Won Cent Marks By IN In M2 M3 MJ",
    "by": "X",
    # Often in titles: 3000 Miles to Graceland.
    "title_unit": "Mile Miles Foot Feet Yard Yards Acre Acres Metre Metres Meter Meters Inch Inches Pound Pounds "
    "Ton Tons Knot Knots Gram Grams Dollar Dollars Euro Euros Million Billion",
    "zone": "BST IST ET PT CT",
    "code": "DM",
}
_FIGURES = r"(\d{1,3}(,\d{3})+|\d+)(\.\d+)?|\d+,\d\d?|\.\d+"
_SCALED = r"([kKmMbB]|bn|mn|tn)"
_SUM_SIGN = r"(US|A|AU|C|CA|HK|NZ|S|NT|R)?[$\u00a3\u20ac\u00a5\u20b9]"
_UNITS_OF = (
    r"km|m|cm|mm|mi|kg|mg|g|lbs?|oz|ml|mph|kph|km/h|m/s|kW|MW|GW|kWh|hp|kHz|MHz|GHz|Hz|kB|KB|MB|GB|TB|Kbps|Mbps|Gbps|"
    r"km\u00b2|m\u00b2|km2|m2|m3|ha|ft|sqft|\u00b0|\u00b0[CF]"
)
_LONG_UNIT = (
    r"foot|feet|ft|inch|mile|mi|yard|yd|acre|hectare|met(re|er)|kilomet(re|er)|centimet(re|er)|km|m|mm|cm|"
    r"kg|kilogram|gram|pound|lb|ton|tonne|ounce|gallon|lit(re|er)|pint|barrel|watt|megawatt|kilowatt|volt|horsepower"
)
_HOUR, _MINUTE = r"([01]?\d|2[0-4])", r"[0-5]\d"
# The shapes of the other classes; the first that matches counts.
AMOUNT_SHAPES = {
    "money": rf"{_SUM_SIGN}({_FIGURES}){_SCALED}?([\u2013-]({_FIGURES}){_SCALED}?)?"
    rf"|({_FIGURES}){_SCALED}?[\u20ac\u00a3$]",
    "percentage": rf"[\u2212+~-]?({_FIGURES})([\u2013-]({_FIGURES}))?%",
    "ampm_time": rf"(?i:{_HOUR}([:.]{_MINUTE})?[ap](\.m\.|\.m|m))",
    "clock": rf"{_HOUR}:{_MINUTE}(:{_MINUTE})?",
    "clock_range": rf"{_HOUR}:{_MINUTE}[\u2013-]{_HOUR}:{_MINUTE}",
    "zero_hours": rf"0\d{_MINUTE}",
    "hour_figure": r"0?[1-9]|1[0-2]",
    "four_digits": rf"(1\d|2[0-3]){_MINUTE}",
    "dotted": rf"{_HOUR}\.{_MINUTE}",
    "figure": rf"[\u2212+~-]?({_FIGURES})|\d+/\d+",
    "fraction": r"\d*[\u00bd\u00bc\u00be]",
    "range": rf"({_FIGURES})[\u2013-]({_FIGURES})",
    "scaled": rf"({_FIGURES}){_SCALED}",
    "measure": rf"[\u2212+~-]?({_FIGURES})([\u2013-]({_FIGURES}))?({_UNITS_OF})|[\d.,]+-({_LONG_UNIT})s?",
    "compound": r"(?i:(twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)-(one|two|three|four|five|six|seven|eight"
    r"|nine)|one-half)",
    "unit_compound": rf"(?i:(one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|hundred)-({_LONG_UNIT}))",
    "sum_compound": r"(?i:[\w.]+-(dollar|euro|pound|cent|yen))",
    "percent_compound": r"(?i:[\w.]+-percent)",
    "name": r"[^\W\d_a-z].*",
    "plural": r"[a-z]{3,}s",
    "other": r"(?s:.*)",
}
