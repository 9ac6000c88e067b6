import { ModifierFlags } from 'typescript/unstable/ast';
import {
  API,
  type Checker,
  type Symbol as Declared,
  type Project,
  SymbolFlags,
  type Type,
} from 'typescript/unstable/sync';
import { firstSentence } from './first-sentence.ts';
import type { ExportKind, Surface, SurfaceExport, SurfaceMember } from './surface.ts';

/**
 * Reads what a module exports, with its members, as the compiler sees them.
 *
 * @param configFile the `tsconfig.json` that the module belongs to
 */
export function readSurface(configFile: string, moduleFile: string): Surface {
  const api = new API();
  try {
    const project = api.updateSnapshot({ openProjects: [configFile] }).getProject(configFile);
    const source = project?.program.getSourceFile(moduleFile);
    const module = source && project?.checker.getSymbolAtLocation(source);
    if (!project || !module) throw new Error(`${moduleFile} is no module of ${configFile}`);
    return project.checker.getExportsOfModule(module).map((exported) => readExport(project, exported));
  } finally {
    api.close();
  }
}

function readExport({ checker }: Project, exported: Declared): SurfaceExport {
  const symbol = exported.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  const kind = kindOf(symbol);
  const type = typeOf(checker, symbol, kind);
  const members = hasMembers(type, kind) ? readMembers(checker, type) : [];
  // Those of a class or interface come in an order that tells nothing.
  if (kind === 'class' || kind === 'type') members.sort((one, other) => one.name.localeCompare(other.name, 'en'));
  return {
    name: exported.name,
    kind,
    ...readDocumentation(checker, symbol),
    type: members.length === 0 ? checker.typeToString(type) : undefined,
    members,
  };
}

/** Enumerations are an object of constants and a type of the same name. */
function kindOf({ flags }: Declared): ExportKind {
  if (flags & SymbolFlags.Class) return 'class';
  if (!(flags & SymbolFlags.Variable)) return 'type';
  return flags & SymbolFlags.TypeAlias ? 'enumeration' : 'constant';
}

function typeOf(checker: Checker, symbol: Declared, kind: ExportKind): Type {
  const type =
    kind === 'enumeration' || kind === 'constant'
      ? checker.getTypeOfSymbol(symbol)
      : checker.getDeclaredTypeOfSymbol(symbol);
  if (!type) throw new Error(`${symbol.name} has no type`);
  return type;
}

function hasMembers(type: Type, kind: ExportKind): boolean {
  return kind !== 'type' || !(type.isUnionType() || type.isLiteralType() || type.isIntrinsicType());
}

function readMembers(checker: Checker, type: Type): SurfaceMember[] {
  if (type.isLiteralType()) return [];
  return checker
    .getPropertiesOfType(type)
    .filter((member) => isPublic(checker, member))
    .map((member) => {
      const memberType = checker.getTypeOfSymbol(member);
      return {
        name: member.name,
        ...readDocumentation(checker, member),
        type: memberType ? checker.typeToString(memberType) : '',
      };
    });
}

function isPublic(checker: Checker, member: Declared): boolean {
  const [declaration] = member.declarations;
  const modifiers = declaration?.resolve() as { modifierFlags?: ModifierFlags } | undefined;
  const hidden = ModifierFlags.Private | ModifierFlags.Protected;
  return (
    !member.name.includes('#') &&
    // The way back from an enumeration's number to its name.
    !/^\d+$/.test(member.name) &&
    !((modifiers?.modifierFlags ?? 0) & hidden) &&
    !checker.getJsDocTagsOfSymbol(member).some(({ name }) => name === 'internal')
  );
}

function readDocumentation(checker: Checker, symbol: Declared): Pick<SurfaceMember, 'summary' | 'deprecated'> {
  const tags = checker.getJsDocTagsOfSymbol(symbol);
  const deprecated = tags.find(({ name }) => name === 'deprecated');
  const text = checker.getDocumentationCommentOfSymbol(symbol) || deprecated?.text || '';
  return { summary: firstSentence(text), deprecated: deprecated !== undefined };
}
