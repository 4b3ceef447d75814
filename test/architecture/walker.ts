import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from 'vite';
import { doors } from './doors.ts';
import { adapterSide, type Side, sides } from './import-table.ts';

const root = path.resolve(import.meta.dirname, '../..');

export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  readonly file: string;
  readonly text: string;
}

/** The product's sources; tests may import everything. */
export function productSources(): SourceFile[] {
  return ['main', 'preload', 'renderer'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true })
      .map((name) => path.posix.join(folder, String(name).replaceAll(path.sep, '/')))
      .filter((file) => /\.[cm]?[jt]sx?$/.test(file))
      .map((file) => ({ file, text: readFileSync(path.join(root, file), 'utf8') })),
  );
}

/** Everything in `source` that the import table or a door refuses, as lines fit to be read by whoever wrote it. */
export function violations(source: SourceFile): string[] {
  const { imports, code } = read(source);
  return [...refusedImports(source, imports), ...closedDoors(source, imports, code)];
}

interface Import {
  /** As written. */
  readonly specifier: string;
  readonly line: number;
}

function refusedImports({ file }: SourceFile, imports: readonly Import[]): string[] {
  const side = sideOf(file);
  if (!side) return [`${file}:1 belongs to no side; give its folder a row in test/architecture/import-table.ts`];
  return imports
    .filter(({ specifier }) => !isAllowed(side, file, specifier))
    .map(
      ({ specifier, line }) =>
        `${file}:${line} ${side.name} may not import '${specifier}'; use this door: ${side.door}`,
    );
}

function sideOf(file: string): Side | undefined {
  const adapter = /^main\/adapters\/([^/]+)\//.exec(file)?.[1];
  return adapter ? adapterSide(adapter) : sides.find(({ files }) => files.test(file));
}

function isAllowed(side: Side, file: string, specifier: string): boolean {
  if (specifier.startsWith('.')) return side.local.test(path.posix.join(path.posix.dirname(file), specifier));
  if (specifier.startsWith('node:')) return side.packages.includes('node:');
  return side.packages.some((name) => specifier === name || specifier.startsWith(`${name}/`));
}

function closedDoors({ file }: SourceFile, imports: readonly Import[], code: string): string[] {
  return doors
    .filter(({ within, except }) => within.test(file) && !except?.test(file))
    .flatMap(({ name, words, imports: modules, door }) => {
      const found = modules ? imports.filter(({ specifier }) => modules.test(specifier)).map(({ line }) => line) : [];
      if (words) for (const match of code.matchAll(new RegExp(words, 'g'))) found.push(lineAt(code, match.index));
      return found.map((line) => `${file}:${line} ${name} has one door; use it: ${door}`);
    });
}

/**
 * A file's imports (static, re-exported, dynamic, of types, `require`), and its code with comments and texts blanked out,
 * line for line.
 */
function read({ file, text }: SourceFile): { imports: Import[]; code: string } {
  const { program, comments, errors } = parseSync(file, text, { sourceType: 'module' });
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const blank: [start: number, end: number][] = comments.map(({ start, end }) => [start, end]);
  const imports: Import[] = [];

  visit(program as unknown as Node, (node) => {
    if (isText(node) || node.type === 'JSXText' || node.type === 'TemplateElement') blank.push([node.start, node.end]);
    const source = importedBy(node);
    if (!source) return;
    // A computed name cannot be checked, so it is no import we allow.
    const specifier = isText(source) ? String(source.value) : text.slice(source.start, source.end);
    imports.push({ specifier, line: lineAt(text, source.start) });
  });

  const characters = text.split('');
  for (const [start, end] of blank) {
    for (let at = start; at < end; at++) if (characters[at] !== '\n') characters[at] = ' ';
  }
  return { imports, code: characters.join('') };
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

function isText(node: Node): boolean {
  return node.type === 'Literal' && (typeof node.value === 'string' || 'regex' in node);
}

function importedBy(node: Node): Node | undefined {
  const loads = node.type === 'CallExpression' && isNode(node.callee) && node.callee.name === 'require';
  const source = loads ? (node.arguments as unknown[])[0] : /^(Import|Export|TSImport)/.test(node.type) && node.source;
  if (isNode(source)) return source;
  return node.type === 'TSExternalModuleReference' && isNode(node.expression) ? node.expression : undefined;
}

function visit(node: Node, see: (node: Node) => void): void {
  see(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child, see);
  }
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
