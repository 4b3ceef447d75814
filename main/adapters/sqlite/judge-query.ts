import { VigilError } from '../../contract/failure.ts';

/**
 * What a query over the readings may be: one SELECT over `metrics`, without joins, subqueries or functions that could run
 * or grow without end. SQLite cannot be told to stop from here, so that what it is given must end by itself.
 */
export interface JudgedQuery {
  readonly sql: string;
  /** What `WHERE` surely asks for, so that the rest is not even looked at. */
  readonly wanted: WantedRows;
}

export interface WantedRows {
  readonly vmName?: string;
  readonly level?: string;
  readonly source?: string;
  /** ISO 8601 UTC, as in the table; both ends may be among the rows. */
  readonly from?: string;
  readonly to?: string;
}

const functions = new Set([
  'abs',
  'avg',
  'cast',
  'coalesce',
  'count',
  'date',
  'datetime',
  'ifnull',
  'iif',
  'in',
  'julianday',
  'length',
  'lower',
  'max',
  'min',
  'nullif',
  'round',
  'strftime',
  'substr',
  'sum',
  'time',
  'total',
  'unixepoch',
  'upper',
]);
/** Words before a bracket that are no functions. */
const grammar = new Set([
  'and',
  'or',
  'not',
  'in',
  'select',
  'where',
  'by',
  'having',
  'when',
  'then',
  'else',
  'case',
  'as',
  'between',
  'like',
  'is',
  'on',
  'distinct',
  'limit',
  'offset',
  'from',
  'null',
]);
const refused = new Set([
  'with',
  'union',
  'except',
  'intersect',
  'join',
  'attach',
  'detach',
  'pragma',
  'insert',
  'update',
  'delete',
  'replace',
  'create',
  'drop',
  'alter',
  'vacuum',
  'reindex',
  'analyze',
  'begin',
  'commit',
  'rollback',
  'savepoint',
  'release',
  'explain',
  'values',
  'window',
  'over',
  'glob',
  'regexp',
  'match',
  'collate',
  'exists',
]);
const mostWildcards = 4;

interface Token {
  readonly kind: 'word' | 'text' | 'number' | 'sign';
  readonly text: string;
}

const token =
  /\s+|'((?:[^']|'')*)'|([A-Za-z_][A-Za-z0-9_]*)|(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(<=|>=|<>|!=|==|[-+*/%(),.<>=])/y;

/** Throws `bad-input` with what is not answered, and why. */
export function judgeQuery(query: string): JudgedQuery {
  const sql = query.trim().replace(/;$/, '');
  const tokens = tokensOf(sql);
  const word = (at: number): string => (tokens[at]?.kind === 'word' ? tokens[at].text.toLowerCase() : '');
  const words = tokens.map((_, at) => word(at));
  if (words[0] !== 'select') refuse('Only one SELECT is answered.');
  const isComment = tokens.some(({ text, kind }, at) => {
    const pair = kind === 'sign' ? `${text}${tokens[at + 1]?.kind === 'sign' ? tokens[at + 1]?.text : ''}` : '';
    return pair === '--' || pair === '/*';
  });
  if (isComment) refuse('Comments are not answered.');
  const bad = words.find((each) => refused.has(each));
  if (bad !== undefined) refuse(`${bad.toUpperCase()} is not answered: nothing but one SELECT over one table is.`);
  if (words.filter((each) => each === 'select').length > 1) refuse('A SELECT within another is not answered.');
  const from = words.indexOf('from');
  if (words.lastIndexOf('from') !== from || word(from + 1) !== 'metrics') refuse('The only table is metrics.');
  const following = tokens[from + 2];
  const isAlone = following === undefined || ['where', 'group', 'order', 'limit', 'having'].includes(word(from + 2));
  if (!isAlone) refuse('Nothing is joined with metrics.');
  for (const [at, each] of words.entries()) {
    if (each === '' || tokens[at + 1]?.text !== '(' || grammar.has(each) || functions.has(each)) continue;
    refuse(`The function ${each} is not answered.`);
  }
  if ((sql.match(/%/g)?.length ?? 0) > mostWildcards) refuse(`At most ${mostWildcards} times %.`);
  return { sql, wanted: wantedRows(tokens, words, from) };
}

function tokensOf(sql: string): readonly Token[] {
  const found: Token[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < sql.length) {
    const at = token.lastIndex;
    const match = token.exec(sql);
    if (match === null) refuse(`What begins at "${sql.slice(at, at + 20)}" is not understood.`);
    const [, text, word, number, sign] = match;
    if (text !== undefined) found.push({ kind: 'text', text: text.replaceAll("''", "'") });
    else if (word !== undefined) found.push({ kind: 'word', text: word });
    else if (number !== undefined) found.push({ kind: 'number', text: number });
    else if (sign !== undefined) found.push({ kind: 'sign', text: sign });
  }
  return found;
}

/** Conditions that hold for every row of the answer: whole terms of a WHERE that is nothing but ANDs. */
function wantedRows(tokens: readonly Token[], words: readonly string[], from: number): WantedRows {
  const begin = words.indexOf('where');
  if (begin !== from + 2) return {};
  const tail = words.findIndex((each, at) => at > begin && ['group', 'order', 'limit', 'having'].includes(each));
  const end = tail === -1 ? tokens.length : tail;
  const inside = words.slice(begin, end);
  if (['or', 'not', 'between', 'case', 'is'].some((each) => inside.includes(each))) return {};
  if (tokens.slice(begin, end).some(({ text }) => text === '(')) return {};
  let wanted: WantedRows = {};
  for (let at = begin + 1; at + 2 < end; at += 1) {
    const [column, sign, value, after] = [words[at], tokens[at + 1]?.text, tokens[at + 2], words[at + 3]];
    const isTerm = ['where', 'and'].includes(words[at - 1] ?? '') && (at + 3 >= end || after === 'and');
    if (!isTerm || value?.kind !== 'text') continue;
    const isEqual = sign === '=' || sign === '==';
    if (column === 'vm_name' && isEqual) wanted = { ...wanted, vmName: value.text };
    if (column === 'aggregation_level' && isEqual) wanted = { ...wanted, level: value.text };
    if (column === 'source' && isEqual) wanted = { ...wanted, source: value.text };
    if (column === 'timestamp' && (sign === '>' || sign === '>=')) wanted = { ...wanted, from: value.text };
    if (column === 'timestamp' && (sign === '<' || sign === '<=')) wanted = { ...wanted, to: value.text };
  }
  return wanted;
}

function refuse(message: string): never {
  throw new VigilError('bad-input', message, {
    field: 'query',
    hint: "For example: SELECT timestamp, cpu_percent FROM metrics WHERE vm_name = 'demo' AND aggregation_level = 'hourly'",
  });
}
