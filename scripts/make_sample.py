#!/usr/bin/env python3
"""Builds the data that the binary carries: crates/catalogue/sample/*.zst.

    python3 scripts/make_sample.py SOURCE_FOLDER [OUTPUT_FOLDER]

SOURCE_FOLDER holds `procedures.ndjson`, `units-2020.csv`, `units-2025.csv` and `unit-mergers.csv` in the formats that
`motcua import` reads. Needs Python 3.11 or newer (standard library only) and the `zstd` command. The same input gives
the same output, byte for byte, with the same version of `zstd`.

Only facts leave the source: codes, official names, fields, agencies, applicants, tiers, time limits, amounts, titles of
dossier items, names of results, numbers and titles of legal texts, units and their successions. Running text (steps,
descriptions, conditions, notes, the sentences that some sources put into a table of papers) stays behind. No title is cut: one that is too long, or
glued together of several cells, is left out, and the run ends with an error where a text ends in an ellipsis.

Two files are written, each UTF-8, one JSON value per line, compressed as one zstd frame:

units.ndjson.zst        1st line: {"kinds": [...]}; then one array per record, told apart by its first element:
    ["a", code, kind, name, parent, lat, lon]                 unit of 2020; parent is "" for a province
    ["b", code, kind, name, parent, lat, lon, unchanged]      unit since 1 July 2025
    ["s", old, new, extent, is_default]                       succession; new is "" and extent 2 where unresolved,
                                                              0 whole, 1 part
procedures.ndjson.zst   1st line: the tables that the numbers below point into; then one object per procedure:
    c code, n name, f fields, p promulgating, i implementing, d deciding agencies, a applicants, t tiers, e tiers
    inferred, o scope, k kind, m decision number, h channels [method, time limit or -1, [amounts]], l time limit of the
    whole, r results, b legal basis, x dossier [title, originals, copies, has a form], q offline only, z boundary-free,
    s source, y day of retrieval, w whether the source has the full text
Absent keys are empty. Numbers are indexes into the tables of the first line.
"""

import csv
import json
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path

TIERS = {"central": "ministry", "province": "province", "commune": "commune", "other": "other"}
SCOPES = {"national": "national", "local": "local", "national_internal": "internal", None: "unknown"}
LONGEST_TITLE = 200
# Official titles of legal texts run longer than titles of papers.
LONGEST_LEGAL_TITLE = 500
CURRENCIES = ("đồng", "vnđ", "việt nam đồng")

# What a row of a table of papers begins with when it names a paper and does not explain something.
PAPERS = (
    "đơn|tờ|giấy|bản|văn bản|hợp đồng|quyết định|báo cáo|biên bản|danh|phiếu|bảng|sơ đồ|hồ sơ|chứng|hộ chiếu|thẻ|ảnh|"
    "tài liệu|mẫu|kế hoạch|phương án|đề án|thuyết minh|lý lịch|sơ yếu|sổ|bìa|công văn|thông báo|nghị quyết|dự|thư|"
    "hóa đơn|hoá đơn|điều lệ|quy|giới thiệu|một|hai|các|những|kết quả|di chúc|trích|mảnh|thỏa thuận|"
    "thoả thuận|cam kết|"
    "công hàm|căn cước|tập|catalog|nội dung|thông tin|ủy|uỷ|xác nhận|đề|bằng|file|tệp|dữ liệu|đĩa|"
    "chương trình|giáo trình|"
    "hình|bộ|vận đơn|lệnh|ý kiến|số|phim|băng|thiết kế|mô tả|mô hình|nhãn|tem|con dấu|chữ ký|công thức|phụ lục|"
    "bài|hạn ngạch|bảo lãnh|phân tích|đánh giá|lịch|niêm yết|vé|học bạ|khai|chính sách|tóm tắt|luận|"
    "photo|bệnh án|bảo hiểm|sáng chế|tác phẩm|kịch bản|tư liệu|maket|ma-két|video|clip|đăng ký|công bố|hiệp|điều ước|"
    "kê|đồ án|nhiệm vụ|hệ thống|phần|trang|mã|giải trình|lời|tuyên bố|bức|cơ sở|vật|bưu|séc|lược|chiến|khung|sách|"
    "thể lệ|thực đơn|thẩm định|đặc tính|thành phần|mặt bằng|năng lực|cấu hình|dấu|khóa luận|nhật ký|"
    "kiến nghị|minh chứng|chỉ dẫn|sao y|"
    "bố trí|tổng hợp|lí lịch|tiêu chuẩn|phác đồ|giám định|"
    r"\d+ (?:bản|bộ|ảnh|tờ|hồ sơ)|\d+ \(|cd|dvd|usb"
)
IS_PAPER = re.compile(rf"(?:{PAPERS})(?![\w])", re.IGNORECASE)
# Headings and counts that stand where a title should.
IS_HEADING = re.compile(
    r"(?:các |những )?(?:giấy tờ|hồ sơ|tài liệu|thành phần hồ sơ)(?: phải| cần)? (?:nộp|xuất trình|gồm|kèm theo|sau)|"
    r"(?:các |những )?(?:giấy tờ|tài liệu) (?:quy định|nêu) |(?:hồ sơ|các giấy tờ|một trong các giấy tờ)$|"
    r"(?:đơn theo |01 |số )?(?:mẫu số(?: \w+)?|bộ hồ sơ(?: \d+)?|lượng hồ sơ)$|hồ sơ (?:khai|gửi|thứ \w+)$|"
    r"các (?:chứng|tài liệu|sửa đổi)$|bản sao kèm bản chính$|.*\b[a-zđ]$|"
    r"(?:bản sao|bản chính|bản chụp|bản gốc|mẫu|giấy tờ|tài liệu|đơn|phụ lục|\d+ (?:bản|bộ)\w*(?: \w+)?)$",
    re.IGNORECASE,
)
# Words that cannot end a title: what followed them was cut.
LOOSE_END = re.compile(
    r"(?:\s+(?:trong|của|và|với|đối với|cho|theo|hoặc|tại|khi|là|do|từ|về|bằng|được|các|những|có|kèm|"
    r"kèm theo|như|một)"
    r"(?<!tặng cho))+$",
    re.IGNORECASE,
)
# What explains a paper and does not name it: an instruction that happens to begin with such a word.
EXPLAINS = re.compile(
    r"\b(không phải nộp|có trách nhiệm|không được|được thực hiện|bao gồm các|có quyền|phải nộp|thì nộp|sẽ|"
    r"phải bổ sung|quy định tại (?:điểm|khoản|mục) \w+ (?:và|khoản|điều)|cụ thể như sau|"
    r"tương đương hồ sơ|lưu ý|được lập thành|phải được)\b",
    re.IGNORECASE,
)
BULLET = re.compile(
    r"^(?:[\s\-–—+*•·●○▪►✓√.,;:)\]=>“”\"…]+|"
    r"\(?(?:[a-zđ]{1,2}|[ivx]{1,4}|\d{1,2}(?:\.\d{1,2}){0,4})\s?(?:[).]|(?<=\d)[.:/-])(?!\d)\s*)+",
    re.IGNORECASE,
)
FILE_NAME = re.compile(r"\.(?:docx?|pdf|xlsx?|rar|zip|rtf|jpe?g|png)\b", re.IGNORECASE)
# Where the title of a paper ends and its explanation begins.
TITLE_END = re.compile(
    r"\n|;|:|\.(?=\s|$)|\s(?=\(?(?:trong đó|trong trường hợp|cho trường hợp|với trường hợp|trường hợp|"
    r"áp dụng|đối với|nếu|thì|lưu ý|ghi chú|trừ trường hợp|trừ khi|sau đây gọi|kèm theo là|tức là|bao gồm|"
    r"gồm|để|cụ thể)\b)|\s(?=\((?:trong|đối|nếu|trường|áp dụng|bản|có|theo|đã|01|0?\d|một))",
    re.IGNORECASE,
)
# An instruction behind the name of a paper: the name ends where it begins.
INSTRUCTION = re.compile(
    r",?\s\(?(?:trong (?:đó|đơn) )?(?:và )?(?:"
    r"phải (?:kèm|nêu|có|là|ghi|đáp ứng|bảo đảm|đảm bảo|thể hiện|xuất trình|được|còn|nộp|gồm|lập|dịch|ký|"
    r"đóng|phù hợp)|"
    r"(?:cần|nên) (?:kèm|nêu|có|là|ghi|bảo đảm|đảm bảo|thể hiện|xuất trình|nộp)|"
    r"không bắt buộc|không cần|ghi rõ|nêu rõ|nếu|thì|trường hợp|là một trong|được sắp xếp)\b|"
    r"\s?\((?:nếu|phải|xuất trình|trường hợp)\b",
    re.IGNORECASE,
)
# "phải" inside a name: who or what is under a duty, and not what the applicant has to do.
OBLIGED = re.compile(
    r"nợ phải (?:trả|thu)|"
    r"(?:diện|đối tượng|người|do|thay đổi|công trình|không|bắt buộc|đất đai|nội dung|bảo hiểm) phải\b",
    re.IGNORECASE,
)
# Copies without a word of what is copied, papers that point at the row above, duties of a person.
NAMES_NOTHING = re.compile(
    r"(?=bản |\d+ bản )(?:(?:bản|sao|chính|gốc|chụp|điện tử|có|không|chứng thực|công chứng|hợp lệ|hoặc|và|từ|"
    r"sổ|được|cấp|kèm|theo|xuất|trình|nộp|cần|quy định|tệp|tin|chứa|ảnh|màu|để đối chiếu|,|/|\d+)\s*)+$|"
    r"(?:bản chụp )?(?:các )?giấy tờ gửi kèm|\w+(?: \w+)? trên (?:được|phải|là)\b|các loại giấy tờ người|"
    r"văn bản, nội dung$|.* cần$|hồ sơ .* (?:gửi|phối hợp) ",
    re.IGNORECASE,
)
# Where a title that is too long may end and still be whole.
WHOLE_BEFORE = (
    re.compile(r",? \(?(?:được )?ban hành (?:kèm )?theo\b", re.IGNORECASE),
    re.compile(r",? \(?(?:được lập |lập |thực hiện )?(?:theo (?:mẫu|phụ lục)|mẫu số)\b", re.IGNORECASE),
    re.compile(r"\s?\("),
)
BARE_ANNEX = re.compile(r",? (?:quy định )?(?:tại|của|theo) phụ lục$", re.IGNORECASE)
# Two cells of a table printed into one.
SMALL = "a-zàáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
GLUED = re.compile(
    # "tưGiấy", "2024Mus", "28/4/202225", "202206Quy", "chính73/2025"
    rf"(?<=[{SMALL}])(?<!\be)[{SMALL.upper()}][{SMALL}]|\d[A-ZĐ][{SMALL}]{{2}}|/\d{{4}}\d|"
    rf"\d{{6}}(?= ?Quy)|[{SMALL}]\d+/\d{{4}}|"
    # "QH15Thông tư", "NAMBỘ LUẬT", "TT-NHNNsố 1", "QH15phân cấp"
    r"[\w)](?:Luật|Thông tư|Nghị định|Nghị quyết|Quyết định|Quy định|Pháp lệnh|Sửa đổi|Hướng dẫn|Ban hành|"
    r"Tên thủ tục|Phụ lục|BỘ LUẬT|LUẬT SỬA)(?!\w)|"
    r"(?:\d|[A-ZĐ]{2}|TTg)(?:[Ss]ố \d|quy định|sửa đổi|phân cấp|hướng dẫn|bản chính|bản sao)|"
    # What stands behind a title in the table: a count of originals, the file of the form.
    rf"[{SMALL}]\d+ bản |\.(?:docx?|pdf|xlsx?)\b"
)
# A sentence about what happens, where the name of a result should stand.
NO_RESULT = re.compile(r"(?:trường hợp|nếu|đối với|bước \d)\b", re.IGNORECASE)
JOINED_AGENCIES = re.compile(r", (?=(?:Trung tâm|Cơ quan|Đội|Phòng) )")
COUNTED = re.compile(r"^\d{1,6}(?:[.,]\d)? (?:Ngày làm việc|Ngày|Giờ|Tháng|Năm)$")


def clean(text):
    """NFC, one space for any white space but line breaks, without invisible marks."""
    text = unicodedata.normalize("NFC", text or "")
    text = re.sub("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]", "", text)
    text = re.sub(r"[^\S\n]+", " ", text)
    return re.sub(r" ?\n[\s]*", "\n", text).strip()


def without_file_name(text):
    """Cuts the name of an attached file that a source printed right behind a title."""
    found = FILE_NAME.search(text)
    if not found:
        return text
    for seam in range(8, found.start()):
        before, after = text[seam - 1], text[seam]
        if before.islower() and (after.isupper() or after in "_0123456789") or before in ").]”;" and after.isalnum():
            return text[:seam]
    return ""


def whole(text, longest=LONGEST_TITLE, ends=WHOLE_BEFORE):
    """The text, or its beginning where that is whole by itself; "" where neither fits or cells are glued.

    Nothing is cut in the middle."""
    if GLUED.search(text):
        return ""
    for end in (None, *ends):
        found = end.search(text, 8) if end else None
        part = balanced(text[: found.start()].strip(" .,;:-–")) if found else text
        part = BARE_ANNEX.sub("", part) if found else part
        if len(part) <= longest and (found or not end):
            return "" if found and LOOSE_END.search(part) or part.endswith("…") else part
    return ""


def balanced(text):
    """Closes no bracket: cuts one that stays open at the end."""
    while text.count("(") > text.count(")"):
        text = text[: text.rindex("(")].rstrip(" ,;:-")
    if text.count(")") > text.count("("):
        text = text.rstrip(" )")
    return text


def paper_title(raw):
    """The title of a dossier item, or "" where the row explains and does not name a paper."""
    text = without_file_name(clean(raw))
    text = BULLET.sub("", text)
    found = TITLE_END.search(text, 3)
    if found:
        text = text[: found.start()]
    text = balanced(text.strip(" .,;:-–\n"))
    found = INSTRUCTION.search(text, 8)
    while found and OBLIGED.match(text, text.rfind(" ", 0, max(found.start(), 0)) + 1):
        found = INSTRUCTION.search(text, found.end())
    if found:
        text = balanced(text[: found.start()].strip(" .,;:-–"))
    text = LOOSE_END.sub("", text).strip(" ,;:-–")
    text = whole(text)
    if re.search(r"\bphải\b", OBLIGED.sub("", text), re.IGNORECASE) or NAMES_NOTHING.match(text):
        return ""
    if len(text) < 5 or not IS_PAPER.match(text) or IS_HEADING.match(text) or EXPLAINS.search(text):
        return ""
    return text[0].upper() + text[1:]


def line_title(raw, longest=LONGEST_TITLE):
    """The first sentence of a name or title, or "" where it is too long or glued together of several."""
    text = without_file_name(clean(raw)).split("\n")[0]
    text = re.split(r"\.?\s*Mã: ", text)[0]
    text = BULLET.sub("", text)
    text = re.split(r"\.\s+(?=[A-ZĐÀ-Ỹ])|;\s", text)[0]
    # The beginning of a long name of a result may be the agency alone, that of a legal title another text.
    return whole(text.strip(" .,;:-–"), longest, ())


def agency_names(raw):
    """Names of agencies; an enumeration in one cell becomes its parts, an explanation in a cell goes."""
    names = [name.replace("\n", " ").strip(" .") for name in listed(raw)]
    parts = [part for name in names
             for part in ([name] if len(name) <= LONGEST_TITLE else JOINED_AGENCIES.split(name))]
    return [part for part in dict.fromkeys(parts) if part and len(part) <= LONGEST_TITLE and not GLUED.search(part)]


def legal_number(raw):
    """The number of a legal text, or "" where the cell holds more than a number."""
    text = clean(raw)
    return text if len(text) <= 60 and not GLUED.search(text) else ""


def amount(text):
    """Whole đồng, or None: the rule of `motcua_catalogue::parse_amount`."""
    text = clean(text).lower()
    if text == "miễn phí":
        return 0
    number, _, currency = text.partition(" ")
    if currency.strip() not in CURRENCIES or not re.fullmatch(r"\d+|\d{1,3}(?:,\d{3})+", number):
        return None
    return int(number.replace(",", ""))


def listed(value):
    """A list of the texts in a value that may be absent, a text or a list."""
    if not value:
        return []
    return [clean(item) for item in ([value] if isinstance(value, str) else value) if clean(item)]


def applicants(names):
    """The groups of applicants; one whose name holds a comma arrives in two pieces from one of the sources."""
    whole = "Tổ chức (không bao gồm doanh nghiệp, HTX)"
    pieces = {"HTX)": whole, "Tổ chức (không bao gồm doanh nghiệp": whole}
    return [name for name in dict.fromkeys(pieces.get(name, name) for name in listed(names)) if name != "nhóm 1"]


class Table:
    """Values in order of falling frequency, so that the commonest spelling of a name comes first."""

    def __init__(self):
        self.counts = Counter()

    def add(self, value):
        self.counts[value] += 1
        return value

    def freeze(self):
        self.values = [value for value, _ in sorted(self.counts.items(), key=lambda item: (-item[1], str(item[0])))]
        self.places = {value: place for place, value in enumerate(self.values)}

    def __getitem__(self, value):
        return self.places[value]


def refuse_cut(tables, records):
    """Ends the run where a text would be shown cut."""
    texts = [text for table in tables.values() for value in table.counts
             for text in ([value] if isinstance(value, str) else value)]
    texts += [record[key] for record in records for key in ("n", "m")]
    cut = [text for text in texts if text.rstrip().endswith(("…", "..."))]
    if cut:
        sys.exit("These texts are cut:\n" + "\n".join(cut))


def collect(rows):
    """First pass: the facts of each procedure, with the values still in words."""
    tables = {name: Table() for name in
              ("fields", "agencies", "applicants", "kinds", "limits", "results", "legal", "titles", "sources", "days")}
    records = []
    for row in rows:
        full = row["detail_level"] == "full"
        record = {"c": unicodedata.normalize("NFC", row["code"]), "n": clean(row["name"]).replace("\n", " ")}
        fields = list(dict.fromkeys(listed(row["sector"]) + listed(row["sectors"])))
        record["f"] = [tables["fields"].add(name) for name in fields]
        for key, column in (("p", "promulgating_agency"), ("i", "agency"), ("d", "deciding_agency")):
            record[key] = [tables["agencies"].add(name) for name in agency_names(row.get(column))]
        record["a"] = [tables["applicants"].add(name) for name in applicants(row["applicants"])]
        published = row["levels_of_administration"]
        tiers = published or row.get("levels_inferred") or []
        record["t"] = [tier for key, tier in TIERS.items() if key in tiers]
        record["e"] = int(bool(tiers) and not published)
        record["o"] = SCOPES[row.get("scope")]
        record["k"] = [tables["kinds"].add(kind) for kind in listed(row.get("procedure_type"))][:1]
        decision = clean(row.get("decision_number"))
        record["m"] = decision if len(decision) <= 60 else ""
        channels = {}
        for channel in row.get("channels") or []:
            limit, amounts = channels.setdefault(channel["method"], [None, []])
            wording = clean(channel.get("time_limit"))
            if limit is None and COUNTED.match(wording):
                channels[channel["method"]][0] = tables["limits"].add(wording)
            for fee in channel["fees"]:
                value = amount(fee.get("amount"))
                if value is not None and value not in amounts:
                    amounts.append(value)
        record["h"] = [[method, *rest] for method, rest in channels.items()]
        wording = clean(row.get("time_limit")) if isinstance(row.get("time_limit"), str) else ""
        record["l"] = tables["limits"].add(wording) if COUNTED.match(wording) else None
        names = [line_title(result["name"]) for result in row.get("results") or []]
        record["r"] = [tables["results"].add(name) for name in dict.fromkeys(names)
                       if len(name) > 3 and not NO_RESULT.match(name)]
        basis = [(legal_number(text["code"]), line_title(text["name"], LONGEST_LEGAL_TITLE))
                 for text in row.get("legal_basis") or []]
        record["b"] = [tables["legal"].add(text) for text in dict.fromkeys(basis) if any(text)]
        papers = {}
        for item in row.get("documents") or []:
            title = paper_title(item["name"])
            if title and title not in papers:
                papers[title] = (item.get("originals") or 0, item.get("copies") or 0, int(bool(item.get("has_form"))))
        record["x"] = [[tables["titles"].add(title), *counts] for title, counts in papers.items()]
        record["q"] = row.get("offline_only")
        record["z"] = row.get("non_territorial")
        record["s"] = tables["sources"].add(row["source"]["repo"] + " @" + row["source"]["commit"][:7])
        record["y"] = tables["days"].add(row["retrieved"])
        record["w"] = int(full)
        records.append(record)
    refuse_cut(tables, records)
    for table in tables.values():
        table.freeze()
    return tables, records


def number(tables, record):
    """Second pass: words become places in the tables, empty keys go."""
    for key, name in (("f", "fields"), ("p", "agencies"), ("i", "agencies"), ("d", "agencies"), ("a", "applicants"),
                      ("r", "results"), ("b", "legal")):
        record[key] = [tables[name][value] for value in record[key]]
    record["k"] = tables["kinds"][record["k"][0]] if record["k"] else None
    record["h"] = [[method, -1 if limit is None else tables["limits"][limit], amounts]
                   for method, limit, amounts in record["h"]]
    record["l"] = None if record["l"] is None else tables["limits"][record["l"]]
    record["x"] = [[tables["titles"][title], *counts] for title, *counts in record["x"]]
    record["s"] = tables["sources"][record["s"]]
    record["y"] = tables["days"][record["y"]]
    for key in ("e", "w"):
        record[key] = bool(record[key])
    return {key: value for key, value in record.items()
            if value not in (None, "", [], False) or key in ("q", "z") and value is not None}


def procedures(folder):
    """Lines of procedures.ndjson.zst."""
    with (folder / "procedures.ndjson").open(encoding="utf-8") as file:
        tables, records = collect(json.loads(line) for line in file)
    yield {name: table.values for name, table in tables.items()}
    # Order by field, then name: neighbours resemble each other, which compresses well.
    records.sort(key=lambda record: (record["f"], record["n"], record["c"]))
    for record in records:
        yield number(tables, record)


def rows(folder, name):
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def point(row):
    """Latitude and longitude to about ten metres, or two nulls where the source doubts them."""
    if not row["lat"] or not row["lon"] or row.get("coord_doubtful"):
        return [None, None]
    return [round(float(row["lat"]), 4), round(float(row["lon"]), 4)]


def units(folder):
    """Lines of units.ndjson.zst."""
    kinds, lines = [], []
    order = {"province": 0, "district": 1, "commune": 2}
    for mark, name in (("a", "units-2020.csv"), ("b", "units-2025.csv")):
        for row in sorted(rows(folder, name), key=lambda row: (order[row["level"]], row["code"])):
            kind, own = clean(row["type"]), clean(row["name"])
            spoken = "thành phố" if kind.startswith("thành phố") else kind
            if f"{spoken} {own}".lower() != clean(row["full_name"]).lower():
                sys.exit(f"{name}: {row['code']}: {row['full_name']!r} is not {spoken!r} and {own!r}")
            if kind not in kinds:
                kinds.append(kind)
            line = [mark, row["code"], kinds.index(kind), own, row["parent_code"], *point(row)]
            if mark == "b":
                line.append(int(clean(row["formed_from"]).lower() == "giữ nguyên"))
            lines.append(line)
    for row in rows(folder, "unit-mergers.csv"):
        # Five island districts had no communes: the district itself is what became the new unit.
        old = row["old_code"] or row["old_district_code"]
        extent = {"whole": 0, "part": 1}.get(row["step2"], 2)
        lines.append(["s", old, row["new_code"], extent, int(row["is_default"] == "1")])
    yield {"kinds": kinds}
    yield from lines


def write(path, lines):
    text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
    packed = subprocess.run(["zstd", "--ultra", "-22", "--long=25", "--no-progress", "-q", "-c"],
                            input=text.encode(), stdout=subprocess.PIPE, check=True).stdout
    path.write_bytes(packed)
    print(f"{path.name}: {text.count(chr(10)) - 1:,} records, {len(text.encode()):,} bytes, {len(packed):,} packed")


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    source = Path(sys.argv[1])
    target = Path(sys.argv[2]) if len(sys.argv) == 3 else Path(__file__).parent.parent / "crates/catalogue/sample"
    target.mkdir(parents=True, exist_ok=True)
    write(target / "units.ndjson.zst", units(source))
    write(target / "procedures.ndjson.zst", procedures(source))


if __name__ == "__main__":
    main()
