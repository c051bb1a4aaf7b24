"""The fields that a table can fill, and the names that people give to their columns."""

from __future__ import annotations

import re
from dataclasses import dataclass

from marketplace.listings.kinds import columns


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a listing or an organisation.

    Parameters
    ----------
    name
        What ``--map column=field`` calls it.
    synonyms
        Other names by which a column is recognised; case, spaces, underscores and accents do not
        matter.
    required
        Whether a table without it is of no use.
    """

    name: str
    synonyms: tuple[str, ...] = ()
    required: bool = False


_EXTERNAL_ID = ("id", "external reference", "source id", "record id", "notice id", "reference", "ref")
_CITY = (
    "town",
    "place",
    "locality",
    "municipality",
    "ville",
    "ciudad",
    "stadt",
    "ort",
    "miasto",
    "miejscowość",
)
_COUNTRY = ("country code", "iso country", "nation", "pays", "país", "land", "kraj", "państwo")
_LANGUAGE = ("lang", "language code", "langue", "idioma", "sprache", "język")
_SECTORS = ("sector", "isic", "isic code", "isic codes", "industry", "industries")

# "Site" alone is left out: to many it is where a works stands.
_WEBSITE = (
    *("url", "web", "web site", "homepage", "home page", "www", "web address", "web page", "internet"),
    *("webseite", "webadresse", "internetseite", "internetadresse", "internetauftritt"),
    *("site web", "site internet", "page web", "adresse web", "adresse internet"),
    *("sitio web", "página web", "dirección web", "página de internet"),
    *("sítio web", "página na internet", "página da internet", "endereço web"),
    *("sito web", "sito internet", "pagina internet", "indirizzo web"),
    *("strona www", "strona internetowa", "adres www"),
    *("сайт", "веб-сайт", "интернет-сайт", "адрес сайта", "сайт компании"),
    *("网站", "网址", "网页", "官网", "公司网站", "企业网站", "網站", "網址", "網頁"),
    *("الموقع الإلكتروني", "موقع إلكتروني", "موقع الويب", "موقع الشركة", "رابط الموقع"),
)
_DESCRIPTION = (
    *("profile", "about", "opis", "beschreibung"),
    *("activities", "activity", "main activity", "business activity", "field of activity"),
    *("tätigkeit", "tätigkeiten", "tätigkeitsfeld", "tätigkeitsbereich", "geschäftstätigkeit"),
    "unternehmensgegenstand",
    *("activité", "activités", "activité principale", "domaine d'activité"),
    *("actividad", "actividades", "actividad principal", "actividad económica"),
    *("atividade", "atividades", "atividade principal", "atividade económica", "ramo de atividade"),
    *("attività", "attività principale", "attività svolta", "settore di attività"),
    *("działalność", "przedmiot działalności", "profil działalności"),
    *("деятельность", "вид деятельности", "виды деятельности", "основная деятельность", "род деятельности"),
    *("业务", "主营业务", "业务范围", "经营范围", "公司简介", "業務", "主營業務", "經營範圍"),
    *("النشاط", "نشاط الشركة", "مجال النشاط", "النشاط الرئيسي", "الأنشطة", "وصف النشاط"),
)

_OF_EVERY_KIND = (
    Field("external_id", _EXTERNAL_ID, required=True),
    Field("side", ("offer or request", "direction"), required=True),
    Field("kind", ("listing kind", "type", "category"), required=True),
    Field("title", ("subject", "heading", "titre", "título", "titel", "tytuł"), required=True),
    Field("summary", ("abstract", "short description", "résumé", "resumen")),
    Field("description", ("details", "full description", "text", "beschreibung", "opis")),
    Field("partner_sought", ("partner", "desired partner")),
    Field("language", _LANGUAGE),
    Field("country", _COUNTRY),
    Field("sectors", _SECTORS),
    Field("capabilities", ("capability", "keywords", "skills")),
    Field("target_countries", ("target country", "countries sought")),
    Field("excluded_countries", ("excluded country",)),
    Field("held_certificates", ("certificates", "certificate", "certifications")),
    Field("partnership_types", ("partnership type", "partnership")),
    Field("requirements", ("requirement", "conditions")),
    Field("sdgs", ("sdg", "sustainable development goals")),
    Field("quantity_per_year", ("quantity", "annual quantity", "yearly quantity")),
    Field("quantity_unit", ("unit", "unit of quantity")),
    Field("lead_time_days", ("lead time", "delivery days")),
    Field("anonymous", ("is anonymous",)),
    Field("dissemination", ("visibility",)),
    Field("open_for_interest", ("open to interest",)),
    Field("valid_until", ("expires", "expires on", "expiry date", "valid to")),
    Field("response_deadline", ("deadline", "closing date", "respond by")),
    Field("published_on", ("published", "publication date", "date published")),
    Field("organisation", ("organization", "company", "organisation name", "supplier", "buyer", "firm")),
    Field(
        "organisation_identifier",
        ("organisation tax id", "company tax id", "tax id", "vat", "vat number", "nip"),
    ),
    Field("organisation_town", ("organisation city", "company city", "company town", *_CITY, "city")),
    Field("organisation_country", ("organization country", "company country")),
)
# The unit at the end of a name such as ``tolerance_mm``, which people leave out.
_UNIT = re.compile(r"_(?:mm|um|kg|percent|years)$")
# What belongs to one kind of listing, from the one table of these.
_OF_ONE_KIND = tuple(Field(name, (_UNIT.sub("", name),) if _UNIT.search(name) else ()) for name in columns())
LISTING_FIELDS = (*_OF_EVERY_KIND, *_OF_ONE_KIND)

ORGANISATION_FIELDS = (
    Field("external_id", _EXTERNAL_ID),
    Field(
        "identifier",
        (
            *(
                "legal identifier",
                "nip",
                "vat",
                "vat id",
                "vat number",
                "tax id",
                "tax number",
                "tax identifier",
            ),
            *("tin", "siren", "siret", "ein", "krs", "regon", "nif", "cif", "cnpj", "registration number"),
            *("company number", "register number"),
        ),
    ),
    Field("identifier_scheme", ("scheme", "identifier type")),
    Field(
        "name",
        (
            *(
                "company",
                "company name",
                "organisation",
                "organization",
                "organisation name",
                "organization name",
            ),
            *(
                "enterprise",
                "firm",
                "legal name",
                "supplier",
                "nazwa",
                "nom",
                "nombre",
                "raison sociale",
                "firma",
            ),
        ),
        required=True,
    ),
    Field("other_names", ("other name", "trade name", "trading name", "aliases", "also known as")),
    Field("type", ("organisation type", "organization type", "legal type")),
    Field("country", _COUNTRY),
    Field("region", ("province", "state", "county", "voivodeship", "województwo", "nuts", "département")),
    Field("city", _CITY),
    Field("address", ("street", "street address", "postal address", "adres", "adresse", "dirección")),
    Field("email", ("e-mail", "mail", "e-mail address", "contact e-mail")),
    Field("phone", ("telephone", "tel", "phone number", "telefon", "téléphone", "teléfono")),
    Field("website", _WEBSITE),
    Field("founded_year", ("year founded", "founded", "established", "year established")),
    Field("employees", ("employee band", "number of employees", "staff", "headcount", "size")),
    Field("turnover", ("turnover band", "revenue", "annual turnover", "sales")),
    Field("turnover_currency", ("currency",)),
    Field("export_percent", ("export share", "exports", "export")),
    Field("languages", ("spoken languages", *_LANGUAGE, "language")),
    Field("women_led", ("woman led", "female led", "women owned")),
    Field("youth_led", ("young led", "youth owned")),
    Field("rural", ("is rural",)),
    Field("sectors", _SECTORS),
    Field("products", ("product", "products and services", "goods")),
    Field("description", _DESCRIPTION),
    Field("certificates", ("certificate", "certifications", "held certificates")),
    Field("references_text", ("references", "reference customers", "clients")),
)
