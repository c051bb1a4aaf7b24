from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import openpyxl
import pytest

from marketplace.db import Database
from marketplace.errors import Invalid
from marketplace.files import (
    NAME_LENGTH,
    FileStore,
    StoredFile,
    Upload,
    download_headers,
    keep_file,
    plain_name,
    read_upload,
)

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0\x90wS\xde\0\0\0\0IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xd9"
STEP = b"ISO-10303-21;\nHEADER;\nENDSEC;\nEND-ISO-10303-21;\n"
DXF = b"999\nmade by an example\n  0\nSECTION\n  2\nHEADER\n  0\nENDSEC\n  0\nEOF\n"
PROGRAM = b"MZ\x90\0\3\0\0\0" + b"\0" * 200


def xlsx() -> bytes:
    stream = io.BytesIO()
    openpyxl.Workbook().save(stream)
    return stream.getvalue()


def archive(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), content)
    return stream.getvalue()


def docx(**more: bytes) -> bytes:
    return archive(**{"[Content_Types]_xml": b"<Types/>", "word__document_xml": b"<w/>", **more})


def read(name: str, content: bytes) -> Upload:
    return read_upload(name, io.BytesIO(content), limit_mb=1)


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("A.PDF", PDF, "application/pdf"),
        ("a.png", PNG, "image/png"),
        ("a.jpeg", JPEG, "image/jpeg"),
        ("a.xlsx", xlsx(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a.docx", docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("part.stp", STEP, "model/step"),
        ("part.dxf", DXF, "image/vnd.dxf"),
        ("part.dxf", b"AutoCAD Binary DXF\r\n\x1a\0\0\0", "image/vnd.dxf"),
        ("a.csv", "name;town\nŁódź;Łódź\n".encode(), "text/csv"),
        ("a.csv", "name;town\nMüller;Köln\nGröße;Straße\n".encode("cp1252"), "text/csv"),
        ("a.txt", "\ufeffтокарные работы\n".encode("utf-16-le"), "text/plain"),
        ("a.txt", b"plain", "text/plain"),
    ],
)
def test_a_file_is_told_by_its_content(name: str, content: bytes, media_type: str) -> None:
    assert read(name, content) == Upload(name, media_type, content)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.pdf", b"", "empty"),
        ("a.pdf", PDF + b" " * 1_000_000, "larger than 1 MB"),
        ("a.pdf", PROGRAM, "something else. Save it anew"),
        ("a.pdf", b"GIF89a" + b"\0" * 50, "something else (Graphics interchange format"),
        ("a.pdf", PNG, "By its content this is a PNG file"),
        ("a.exe", PDF, "By its content this is a PDF file"),
        ("a.exe", PROGRAM, "Files of this type cannot be taken. Possible are: PDF, PNG"),
        ("a", b"plain", "Files of this type cannot be taken"),
        ("a.txt", b"nul \0 here", "something else"),
        ("a.txt", b"bell \x07 here", "something else"),
        ("a.txt", b" \n<!DOCTYPE html><script>alert(1)</script>", "something else"),
        ("a.csv", b"<svg onload=alert(1)>", "something else"),
        ("a.txt", b"#!/bin/sh\n", "something else"),
        ("a.jpg", JPEG[:-2], "something else"),
        ("a.pdf", PDF[:-8], "something else"),
        ("a.docx", b"PK\3\4 broken", "something else"),
        ("a.docx", docx(word__vbaProject_bin=b"macro"), "something else"),
        ("a.docx", docx(word__big_xml=b"0" * 30_000_000), "something else"),
        ("a.xlsx", archive(a=b"b"), "something else"),
    ],
)
def test_another_file_is_refused_with_its_reason(name: str, content: bytes, message: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read(name, content)
    assert refusal.value.field == "file"
    assert message in refusal.value.message


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\drawings\\shaft.pdf", "shaft.pdf"),
        ("a\0\r\nb.pdf", "ab.pdf"),
        ("gpj.\u202efdp.exe", "gpj.fdp.exe"),
        ('a"b<c>.pdf', "a_b_c_.pdf"),
        (" .pdf", "pdf"),
        ("", "file"),
        ("Zeichnung – Welle Ø 40.pdf", "Zeichnung – Welle Ø 40.pdf"),
    ],
)
def test_a_name_loses_what_could_mislead(name: str, plain: str) -> None:
    assert plain_name(name) == plain


def test_a_long_name_keeps_its_ending() -> None:
    short = plain_name("x" * 500 + ".pdf")
    assert len(short) == NAME_LENGTH
    assert short.endswith("x.pdf")


def test_a_content_is_stored_once_under_its_hash(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files")
    threads = [Thread(target=store.save, args=(PDF,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sha256 = hashlib.sha256(PDF).hexdigest()
    assert store.save(PDF) == sha256
    assert [path.name for path in (tmp_path / "files").rglob("*") if path.is_file()] == [sha256]
    assert store.read(sha256) == PDF


@pytest.mark.parametrize("word", ["", "../../etc/passwd", "A" * 64, "a" * 63])
def test_what_is_no_hash_leads_to_no_file(tmp_path: Path, word: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        FileStore(tmp_path).path(word)


def test_a_file_is_kept_with_what_is_known_of_it(database: Database, tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    with database.transaction() as session:
        row = keep_file(session, store, read("a.pdf", PDF), organisation_id=None, user_id=None, now=NOW)
        number = row.id
    with database.reading() as session:
        kept = session.get_one(StoredFile, number)
    assert (kept.name, kept.media_type, kept.size, kept.uploaded_at) == (
        "a.pdf",
        "application/pdf",
        len(PDF),
        NOW,
    )
    assert store.read(kept.sha256) == PDF


def test_a_download_is_saved_and_never_shown() -> None:
    file = StoredFile(name='Größe "1".pdf', media_type="application/pdf")
    headers = download_headers(file)
    assert headers["Content-Disposition"] == (
        "attachment; filename=\"Gr__e _1_.pdf\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%221%22.pdf"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
