"""A list taken away as a file: XLSX, ODS or CSV, with its reader's rights, told to the journal."""

from collections.abc import Sequence
from io import BytesIO

from django.http import HttpResponse

from seuil.audit.operations import record_event
from seuil.engines.tabular import Column, Sheet, write_csv, write_ods, write_xlsx
from seuil.kernel.accord import write_pluriel
from seuil.web.access import AgentRequest, get_agent, request_day

_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "csv": "text/csv; charset=utf-8",
}


def send_table(
    request: AgentRequest,
    *,
    nom: str,
    titre: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[object]],
) -> HttpResponse:
    """Give rows as the file that the button asks for; the journal and the file say `nom`."""
    agent, on = get_agent(request), request_day(request)
    asked = request.POST.get("format", "")
    kind = asked if asked in _TYPES else "xlsx"
    told = write_pluriel(len(rows), "ligne")
    notes = [f"Liste extraite le {on:%d/%m/%Y} par {agent.author_label}, {told}."]
    sheet = Sheet(title=titre, columns=columns, rows=rows, notes=notes)
    stream = BytesIO()
    if kind == "csv":
        write_csv(stream, sheet)
    elif kind == "ods":
        write_ods(stream, [sheet])
    else:
        write_xlsx(stream, [sheet], title=titre)
    record_event(
        kind=f"export.{nom}",
        by=agent,
        on=on,
        target_type="liste",
        target_id=nom,
        details={"format": kind, "lignes": len(rows)},
    )
    response = HttpResponse(stream.getvalue(), content_type=_TYPES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{nom}-{on}.{kind}"'
    return response
