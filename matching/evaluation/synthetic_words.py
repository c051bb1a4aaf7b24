"""Words of ten trades, of which synthetic listings are made.  Written for this project."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

OTHER_LANGUAGES: Final = ("de", "fr", "es")
"""Languages, beside English, in which some of the words are known (ISO 639-1)."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a trade.

    Parameters
    ----------
    english
        Goods in the singular.
    foreign
        In each of :data:`OTHER_LANGUAGES`, goods in the plural; empty where it is not known.
    """

    english: str
    foreign: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trade:
    """What people of one trade do, of what, and what comes of it.

    Parameters
    ----------
    divisions
        Of ISIC Rev.4, the commonest first.
    """

    name: str
    divisions: tuple[str, ...]
    processes: tuple[Word, ...]
    materials: tuple[Word, ...]
    goods: tuple[Word, ...]


_TABLE: Final = """\
machining: 25 28 29 30
processes: turning=Drehen/tournage/torneado, milling=Fräsen/fraisage/fresado,
  grinding=Schleifen/rectification/rectificado, drilling=Bohren/perçage/taladrado,
  machining=Zerspanung/usinage/mecanizado, boring, honing, gear cutting, broaching, wire erosion, thread
  rolling, deburring=Entgraten/ébavurage/desbarbado
materials: steel=Stahl/acier/acero, stainless steel=Edelstahl/acier inoxydable/acero inoxidable,
  aluminium=Aluminium/aluminium/aluminio, brass=Messing/laiton/latón, titanium=Titan/titane/titanio,
  copper=Kupfer/cuivre/cobre, cast iron, bronze, tool steel, nickel alloy
goods: shaft=Wellen/arbres/ejes, flange=Flansche/brides/bridas, bushing,
  gear=Zahnräder/engrenages/engranajes, bracket=Halter/supports/soportes, valve body, spindle, pump housing,
  bearing seat, hydraulic block, piston, nozzle=Düsen/buses/boquillas, coupling, manifold, roller, jig

fabrication: 25 33 30 28
processes: welding=Schweißen/soudage/soldadura, laser cutting=Laserschneiden/découpe laser/corte por láser,
  bending=Biegen/pliage/plegado, stamping=Stanzen/emboutissage/estampado, powder coating,
  painting=Lackieren/peinture/pintura, galvanising=Verzinken/galvanisation/galvanizado, sheet metal working,
  deep drawing, riveting, sandblasting, tube bending
materials: steel=Stahl/acier/acero, stainless steel=Edelstahl/acier inoxydable/acero inoxidable,
  aluminium=Aluminium/aluminium/aluminio, galvanised sheet, hollow section, steel plate, wire, tube
goods: frame=Rahmen/châssis/bastidores, tank=Behälter/réservoirs/depósitos,
  enclosure=Gehäuse/coffrets/carcasas, railing, staircase, conveyor=Förderbänder/convoyeurs/transportadores,
  cabinet, silo, hopper, platform, trailer, boiler, pressure vessel, chimney, gate, container

casting: 24 25 28 29
processes: sand casting=Sandguss/moulage au sable/moldeo en arena, die casting=Druckguss/moulage sous
  pression/fundición a presión, investment casting, forging=Schmieden/forgeage/forja, heat
  treatment=Wärmebehandlung/traitement thermique/tratamiento térmico, pattern making, hot rolling,
  extrusion, hardening, fettling, centrifugal casting
materials: grey iron, ductile iron, aluminium=Aluminium/aluminium/aluminio, zinc=Zink/zinc/zinc,
  steel=Stahl/acier/acero, magnesium, bronze, copper=Kupfer/cuivre/cobre
goods: housing=Gehäuse/carters/carcasas, counterweight, manhole cover, impeller=Laufräder/roues/rodetes,
  crankshaft, brake disc, engine block, valve, pipe fitting, billet, ingot, wheel hub, hook, anchor

plastics: 22 20 28 26
processes: injection moulding=Spritzguss/injection plastique/moldeo por inyección, blow moulding,
  extrusion=Extrusion/extrusion/extrusión, thermoforming, rotational moulding, mould
  making=Formenbau/fabrication de moules/fabricación de moldes, overmoulding, vacuum forming, 3D
  printing=3D-Druck/impression 3D/impresión 3D, compounding, ultrasonic welding
materials: polypropylene=Polypropylen/polypropylène/polipropileno, polyethylene, polyamide, ABS, PVC,
  rubber=Gummi/caoutchouc/caucho, silicone, glass fibre, carbon fibre, recycled plastic, PET
goods: bottle=Flaschen/bouteilles/botellas, cap, pipe=Rohre/tuyaux/tubos, seal=Dichtungen/joints/juntas,
  gasket, crate, film, housing=Gehäuse/boîtiers/carcasas, profile, tray, hose, bucket, connector, dashboard,
  preform, bag

electronics: 26 27 33 61
processes: assembly=Montage/montage/montaje, soldering=Löten/brasage/soldadura blanda, SMD placement,
  testing=Prüfung/essai/ensayo, design=Entwicklung/conception/diseño, coil winding, cable making,
  calibration=Kalibrierung/étalonnage/calibración, repair=Reparatur/réparation/reparación, programming,
  potting
materials: copper=Kupfer/cuivre/cobre, ceramic, ferrite, silicon, FR4 laminate, low voltage, high frequency
goods: printed circuit board=Leiterplatten/circuits imprimés/circuitos impresos, cable
  harness=Kabelbäume/faisceaux de câbles/mazos de cables, sensor=Sensoren/capteurs/sensores, transformer,
  control cabinet, motor, LED lamp, battery, power supply, antenna, switch, meter, inverter, display,
  charger

textiles: 13 14 15 32
processes: weaving=Weben/tissage/tejido, knitting=Stricken/tricotage/tejido de punto,
  dyeing=Färben/teinture/teñido, sewing=Nähen/couture/costura, printing, embroidery, spinning, finishing,
  cutting=Zuschnitt/coupe/corte, tanning, lamination, washing
materials: cotton=Baumwolle/coton/algodón, wool=Wolle/laine/lana, polyester, linen, silk,
  leather=Leder/cuir/cuero, denim, viscose, jute, organic cotton, nylon
goods: shirt=Hemden/chemises/camisas, uniform, towel, carpet, work glove, shoe=Schuhe/chaussures/zapatos,
  jacket=Jacken/vestes/chaquetas, bag, yarn, bed sheet, sock, curtain, tent, filter cloth, seat cover

wood: 16 31 17 41
processes: sawing=Sägen/sciage/aserrado, joinery=Tischlerei/menuiserie/carpintería, planing, veneering,
  drying, varnishing, CNC routing, impregnation, upholstery, edge banding, carving,
  assembly=Montage/montage/montaje
materials: oak=Eiche/chêne/roble, pine=Kiefer/pin/pino, beech, plywood, chipboard, bamboo, teak, MDF,
  cardboard=Karton/carton/cartón, larch
goods: door=Türen/portes/puertas, window=Fenster/fenêtres/ventanas, table=Tische/tables/mesas, chair,
  kitchen, pallet=Paletten/palettes/palés, staircase, flooring, shelf, crate, toy, log house, box, door
  frame

food: 10 11 01 03
processes: packing=Verpackung/conditionnement/envasado, freezing=Tiefkühlung/surgélation/congelación,
  drying=Trocknung/séchage/secado, canning, milling=Mahlen/mouture/molienda, roasting, pressing, smoking,
  bottling, fermentation, sorting, pasteurising, baking
materials: organic=Bio/bio/ecológico, frozen, dried, fresh, whole grain, sugar free, fair trade, tropical
goods: fruit=Früchte/fruits/frutas, vegetable=Gemüse/légumes/verduras, coffee=Kaffee/café/café, juice, olive
  oil=Olivenöl/huile d'olive/aceite de oliva, cheese, sausage, fish fillet, flour, spice, honey, nut,
  biscuit, sauce, cocoa bean, wine

construction: 41 43 42 23
processes: installation=Einbau/installation/instalación, renovation=Sanierung/rénovation/rehabilitación,
  insulation=Dämmung/isolation/aislamiento, concrete work, plastering, excavation,
  roofing=Dachdeckung/couverture/techado, tiling, paving, drainage,
  demolition=Abbruch/démolition/demolición, surveying
materials: concrete=Beton/béton/hormigón, brick=Ziegel/brique/ladrillo, glass=Glas/verre/vidrio, stone,
  mineral wool, asphalt, plasterboard, marble, reinforced concrete
goods: facade=Fassaden/façades/fachadas, roof=Dächer/toitures/tejados, bridge=Brücken/ponts/puentes,
  warehouse, road, heating system, partition wall, floor, swimming pool, greenhouse, foundation, car park,
  lift, tunnel, sewer

environment: 38 37 36 35
processes: recycling=Recycling/recyclage/reciclaje, filtration=Filtration/filtration/filtración,
  treatment=Behandlung/traitement/tratamiento, monitoring, collection, composting, desalination,
  remediation, maintenance=Wartung/entretien/mantenimiento, incineration, energy audit, dismantling
materials: waste water=Abwasser/eaux usées/aguas residuales, biogas, solar=Solar/solaire/solar, hazardous,
  drinking water, sludge, scrap metal, biomass, industrial gas, used oil
goods: plant=Anlagen/installations/plantas, pump=Pumpen/pompes/bombas, filter=Filter/filtres/filtros, panel,
  turbine, heat exchanger, membrane, landfill, scrubber, tank, reactor, container, compressor, meter, well
"""
"""Trades, and their words, the commonest first.  After "=": German, French, Spanish."""

ATTRIBUTES: Final = (
    "precision", "custom", "small series", "large", "heavy", "light", "five-axis", "automatic",
    "high-speed", "industrial", "medical", "automotive", "agricultural", "marine", "aerospace",
    "hygienic", "corrosion-resistant", "fire-resistant", "thin-walled", "low-cost", "insulated",
    "coated", "prefabricated", "modular", "certified", "spare", "prototype", "portable", "flexible",
    "welded", "printed", "mass-produced", "hand-made", "refurbished",
)  # fmt: skip
"""What a phrase may say more; the commonest first."""

AMERICAN: Final = {
    "aluminium": "aluminum", "mould": "mold", "fibre": "fiber", "grey": "gray", "galvanis": "galvaniz",
    "pasteuris": "pasteuriz", "calibre": "caliber", "colour": "color", "programm": "program",
}  # fmt: skip
"""Beginnings or parts of words as written in Britain and in America."""


@lru_cache(maxsize=1)
def trades() -> tuple[Trade, ...]:
    """Return the trades, the commonest first."""
    return tuple(_trade(block) for block in _TABLE.split("\n\n"))


def _trade(block: str) -> Trade:
    """Read a trade: its name and divisions, then processes, materials, goods; lines may be continued."""
    (name, divisions), *words = (line.split(": ") for line in block.replace("\n  ", " ").splitlines())
    processes, materials, goods = (_words(text) for _, text in words)
    return Trade(name, tuple(divisions.split()), processes, materials, goods)


def _words(text: str) -> tuple[Word, ...]:
    pairs = (word.strip().partition("=") for word in text.split(","))
    return tuple(Word(english, tuple(foreign.split("/")) if foreign else ()) for english, _, foreign in pairs)
