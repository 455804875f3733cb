"""Towns and regions of the invented world (floor 0)."""

CITIES = (
    "Caldmere", "Norvale", "Ostmoor", "Harrowbay", "Tolvane", "Ostermouth", "Brindleford", "Marrowick",
    "Quillhaven", "Velmora", "Aldersund", "Pellworth", "Stonewick", "Lindeholm", "Karsvik", "Orrinport",
    "Tamarisk Bay", "Greywater", "Fallowmere", "Ravensholt", "Wexdell", "Dunmarrow", "Isenfeld", "Kestrel Ay",
    "Lowenstrand", "Maplefirth", "Thornquay", "Ashpool", "Vintermoor", "Copperhaven", "Rookmere", "Wrenfield",
    "Gullmouth", "Tarnbeck", "Port Ansel", "Port Meridew", "Nether Quill", "Upper Tolland", "Saint Orrin",
    "Mount Vesper", "Skarrow", "Fennick", "Dravenport", "Ystradel", "Corvale", "Lunaro", "Miravane",
    "Pontavar", "Quessel", "Santelle", "Torvessa", "Ulmaren", "Valbrume", "Yarrowfell", "Zelmire",
    "Ambersleigh", "Bexmoor", "Dovrestad", "Ellinghurst", "Farrowdale", "Glimmersund", "Hollowbrook",
    "Estrany", "Juniper Cross", "Little Isen", "Mossbridge", "Otterlund", "Penhallow Sands", "Sablecourt",
    "Tidewell", "Windermoor", "Ousel Green", "Kellan Ferry",
)  # fmt: skip

REGIONS = (
    "the Ostermark", "the Marrow Valley", "the Selvane Coast", "the Karsvik Peninsula", "the Lowen Plain",
    "Upper Brindle", "the Vesper Range", "Greater Skarrow", "the Quill Delta", "the Pellan Plateau",
    "the Greywater Basin", "the Isen Valley", "the Orrin Archipelago", "North Tamarisk",
    "the Velmoran Lakeland", "the Tolvane March", "the Ostmoor Fen", "Lower Wendmark", "Inner Aldersund",
    "the Fallow Heath", "the Thornquay Estuary", "High Ulmaren", "the Miravane Coast", "South Dravenmark",
)  # fmt: skip
