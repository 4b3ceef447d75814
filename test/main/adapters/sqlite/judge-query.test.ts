import { describe, expect, it } from 'vitest';
import { judgeQuery } from '../../../../main/adapters/sqlite/judge-query.ts';

describe('a query', () => {
  it.each([
    'SELECT * FROM metrics',
    "select vm_name, max(cpu_percent) from metrics where aggregation_level = 'daily' group by vm_name;",
    "SELECT count(*), round(avg(cpu_percent), 1) FROM metrics WHERE vm_name IN ('a', 'b') AND cpu_percent > 1.5e1",
    "SELECT CASE WHEN success = 1 THEN 'ok' ELSE error_message END AS what FROM metrics ORDER BY timestamp DESC LIMIT 5",
    "SELECT vm_name FROM metrics WHERE error_message LIKE '%it''s; not a DROP -- comment%' AND (cpu_percent > 5)",
  ])('is answered: %s', (sql) => {
    expect(judgeQuery(sql).sql).toBe(sql.replace(/;$/, ''));
  });

  it.each([
    ['writes', 'INSERT INTO metrics VALUES (1)', 'Only one SELECT'],
    ['deletes', 'DELETE FROM metrics', 'Only one SELECT'],
    ['attaches', "ATTACH '/etc/passwd' AS x", 'Only one SELECT'],
    ['asks for a pragma', 'PRAGMA journal_mode', 'Only one SELECT'],
    ['is two', 'SELECT 1 FROM metrics; DELETE FROM metrics', 'not understood'],
    [
      'recurs',
      'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT count(*) FROM c',
      'Only one SELECT',
    ],
    ['is a union', 'SELECT 1 FROM metrics UNION ALL SELECT 2 FROM metrics', 'UNION is not answered'],
    ['holds another', 'SELECT (SELECT 1) FROM metrics', 'within another'],
    ['joins by a comma', 'SELECT 1 FROM metrics, metrics', 'Nothing is joined'],
    ['joins under a name', 'SELECT 1 FROM metrics a JOIN metrics b', 'JOIN is not answered'],
    ['has no table', 'SELECT 1', 'The only table'],
    ['asks another table', 'SELECT * FROM sqlite_schema', 'The only table'],
    ['makes a large value', 'SELECT hex(zeroblob(1000000000)) FROM metrics', 'function hex'],
    ['prints a long text', "SELECT printf('%1000000000d', 1) FROM metrics", 'function printf'],
    ['loads code', "SELECT load_extension('x') FROM metrics", 'function load_extension'],
    ['calls under a quoted name', 'SELECT "zeroblob"(1) FROM metrics', 'not understood'],
    ['has a pattern without end', "SELECT 1 FROM metrics WHERE vm_name LIKE '%a%a%a%a%a%b'", 'At most 4 times %'],
    ['hides its end', "SELECT 1 FROM metrics -- WHERE vm_name = 'a'", 'Comments'],
    ['hides its middle', 'SELECT 1 /* x */ FROM metrics', 'Comments'],
  ])('that %s is refused and told why', (_what, sql, why) => {
    expect(() => judgeQuery(sql)).toThrow(why);
  });
});

describe('what is surely asked for', () => {
  it.each([
    [
      "SELECT 1 FROM metrics WHERE vm_name = 'a' AND aggregation_level == 'raw' AND source = 'host'",
      { vmName: 'a', level: 'raw', source: 'host' },
    ],
    [
      "SELECT 1 FROM metrics WHERE timestamp >= '2026-03-01' AND timestamp < '2026-03-02' ORDER BY id",
      { from: '2026-03-01', to: '2026-03-02' },
    ],
    ["SELECT vm_name = 'a' FROM metrics", {}],
    ["SELECT 1 FROM metrics WHERE vm_name = 'a' OR vm_name = 'b'", {}],
    ["SELECT 1 FROM metrics WHERE NOT vm_name = 'a'", {}],
    ["SELECT 1 FROM metrics WHERE (vm_name = 'a') = 0", {}],
    ["SELECT 1 FROM metrics WHERE vm_name = 'a' = 0", {}],
    ["SELECT 1 FROM metrics WHERE cpu_percent BETWEEN 1 AND vm_name = 'a'", {}],
    ["SELECT 1 FROM metrics WHERE success = 1 AND vm_name = 'a'", { vmName: 'a' }],
    ["SELECT 1 FROM metrics GROUP BY vm_name HAVING vm_name = 'a'", {}],
  ])('%s', (sql, wanted) => {
    expect(judgeQuery(sql).wanted).toEqual(wanted);
  });
});
