"""Two kinds of contract for import-linter, so that pyproject.toml can say the table "who may import whom".

The kinds that import-linter brings list what is forbidden, so a new module is allowed until somebody forbids
it, and they refuse to name a package that does not exist yet. These list what is allowed.
"""

from collections.abc import Iterable

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class MayImportOnly(Contract):
    """Each of `modules` imports directly, of our own modules, only itself and those in `allowed`."""

    type_name = "may_import_only"
    modules = fields.ListField(subfield=fields.StringField())
    allowed = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Kept when no import falls outside."""
        root = self.session_options["root_packages"][0]
        links = [
            (importer, imported)
            for package in self.modules
            for importer in _inside(graph, [package])
            for imported in graph.find_modules_directly_imported_by(importer)
            if _is_in(imported, [root]) and not _is_in(imported, [package, *self.allowed])
        ]
        return _verdict(graph, links)

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print each import that is not allowed."""
        _render(check)


class ImportedOnlyBy(Contract):
    """Each of `modules`, ours or a library, is imported only by itself and by those in `importers`."""

    type_name = "imported_only_by"
    modules = fields.ListField(subfield=fields.StringField())
    importers = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Kept when nobody else imports them."""
        links = [
            (importer, imported)
            for package in self.modules
            for imported in _inside(graph, [package])
            for importer in graph.find_modules_that_directly_import(imported)
            if not _is_in(importer, [package, *self.importers])
        ]
        return _verdict(graph, links)

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print each import that is not allowed."""
        _render(check)


def _inside(graph: ImportGraph, packages: Iterable[str]) -> list[str]:
    return sorted(module for module in graph.modules if _is_in(module, packages))


def _is_in(module: str, packages: Iterable[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def _verdict(graph: ImportGraph, links: list[tuple[str, str]]) -> ContractCheck:
    found = []
    for importer, imported in sorted(links):
        details = graph.get_import_details(importer=importer, imported=imported)
        lines = ", ".join(str(detail["line_number"]) for detail in details)
        found.append(f"{importer} imports {imported} (line {lines})")
    return ContractCheck(kept=not found, metadata={"found": found})


def _render(check: ContractCheck) -> None:
    for line in check.metadata["found"]:
        output.print_error(f"- {line}", bold=False)
    output.new_line()
