import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Document, isMap, isSeq } from 'yaml';
import { AlertRule, type AlertRuleInput, AlertRules } from '../../contract/alert-rule.ts';
import { VigilError } from '../../contract/failure.ts';
import type { AlertRulesFile, AlertRulesReading } from '../../engine/ports/alert-rules-file.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Log } from '../../engine/ports/log.ts';
import { readAlertRulesText } from './alert-rules-text.ts';
import { firstAlertRules } from './first-alert-rules.ts';
import { readTextFile, type TextReading } from './read-text-file.ts';
import { watchFolder } from './watch-folder.ts';
import { writeFileDurably } from './write-file-durably.ts';

export interface AlertRulesFileOptions {
  readonly home: string;
  readonly clock: Clock;
  readonly log: Log;
}

const limitBytes = 256 * 1024;
const yamlName = 'alert_rules.yaml';
/** Of another tool; read where there is no YAML. */
const jsonName = 'alert_rules.json';

/** What an edit makes of the document, and what it must say afterwards. */
type Edit = (document: Document, present: AlertRules) => AlertRules;

/**
 * `HOME/alert_rules.yaml`. Each good version is kept in `HOME/.last-good/`, so that it is in force again after a restart
 * while the file is broken.
 */
export function createAlertRulesFile({ home, clock, log }: AlertRulesFileOptions): AlertRulesFile {
  const file = path.join(home, yamlName);
  const lastGood = path.join(home, '.last-good', yamlName);
  let known = '';
  let queue: Promise<unknown> = Promise.resolve();
  /** Readings and changes happen one after another. */
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const result = queue.then(task);
    queue = result.catch(() => undefined);
    return result;
  };

  const find = async (): Promise<{ readonly name: string; readonly found: TextReading }> => {
    const yaml = await readTextFile(file, limitBytes);
    if (yaml.kind !== 'missing') return { name: yamlName, found: yaml };
    const json = await readTextFile(path.join(home, jsonName), limitBytes);
    if (json.kind !== 'missing') return { name: jsonName, found: json };
    // Where nothing can be written they hold all the same.
    await writeFileDurably(file, firstAlertRules).catch((error: unknown) =>
      log.write('warn', 'files', `${yamlName} could not be made`, { error }),
    );
    return { name: yamlName, found: { kind: 'text', text: firstAlertRules } };
  };
  const take = async (name: string, found: TextReading): Promise<AlertRulesReading> => {
    known = markOf(name, found);
    if (found.kind === 'missing') return { rules: AlertRules.parse({}), fault: null };
    if (found.kind === 'unreadable') return { rules: await readLastGood(), fault: `${name} ${found.why}.` };
    const reading = readAlertRulesText(found.text);
    if (reading.kind === 'broken') return { rules: await readLastGood(), fault: `${name} ${reading.fault}` };
    await keepLastGood(found.text);
    return { rules: reading.rules, fault: null };
  };
  const readLastGood = async (): Promise<AlertRules> => {
    const found = await readTextFile(lastGood, limitBytes);
    const reading = readAlertRulesText(found.kind === 'text' ? found.text : firstAlertRules);
    return reading.kind === 'good' ? reading.rules : AlertRules.parse({});
  };
  /** The rules are in force in any case; only a restart with a broken file would miss the copy. */
  const keepLastGood = async (text: string): Promise<void> => {
    const kept = await readTextFile(lastGood, limitBytes);
    if (kept.kind === 'text' && kept.text === text) return;
    try {
      await mkdir(path.dirname(lastGood), { recursive: true, mode: 0o700 });
      await writeFileDurably(lastGood, text);
    } catch (error) {
      log.write('warn', 'files', `the good version of ${yamlName} could not be kept aside`, { error });
    }
  };

  const change = async (edit: Edit): Promise<AlertRulesReading> => {
    const { name, found } = await find();
    const present = await take(name, found);
    const reading = found.kind === 'text' ? readAlertRulesText(found.text) : null;
    if (present.fault !== null || reading?.kind !== 'good')
      throw new VigilError('refused', `The alert rules cannot be changed while the file is broken: ${present.fault}`, {
        hint: `Mend ${path.join(home, name)} first.`,
      });
    // What was JSON goes on as YAML.
    const document = name === yamlName ? reading.document : new Document(reading.document.toJS());
    const wanted = edit(document, present.rules);
    const text = document.toString({ lineWidth: 0, flowCollectionPadding: false });
    const proof = readAlertRulesText(text);
    if (proof.kind !== 'good' || Buffer.byteLength(text) > limitBytes || !isDeepStrictEqual(proof.rules, wanted))
      throw new VigilError('refused', `${file} is written in a way that Vigil does not dare to change.`, {
        hint: 'Change it by hand; it takes effect at once.',
      });
    await writeFileDurably(file, text);
    return take(yamlName, { kind: 'text', text });
  };

  return {
    read: () =>
      inTurn(async () => {
        const { name, found } = await find();
        return take(name, found);
      }),
    add: (rule) => inTurn(() => change((document, present) => added(document, present, rule))),
    enable: (name, enabled) => inTurn(() => change((document, present) => enabledAs(document, present, name, enabled))),
    remove: (name) => inTurn(() => change((document, present) => removed(document, present, name))),
    watch: (changed) => {
      let stopped = false;
      const look = async (): Promise<void> => {
        const { name, found } = await find();
        if (markOf(name, found) === known) return;
        const reading = await take(name, found);
        if (!stopped) changed(reading);
      };
      const end = watchFolder({
        folder: home,
        clock,
        log,
        concerns: (name) => name === yamlName || name === jsonName,
        changed: () => {
          inTurn(look).catch((error: unknown) =>
            log.write('error', 'files', `the changed ${yamlName} could not be read`, { error }),
          );
        },
      });
      return () => {
        stopped = true;
        end();
      };
    },
  };
}

/** What holds without being written, and is no part of what every rule says. */
const unsaid: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['for_seconds', 0],
  ['no_data', 'keep'],
  ['remind_seconds', 0],
]);

function added(document: Document, present: AlertRules, input: AlertRuleInput): AlertRules {
  const rule = AlertRule.parse(input);
  if (present.rules.some(({ name }) => name === rule.name))
    throw new VigilError('conflict', `There is an alert rule called '${rule.name}' already.`, { field: 'name' });
  if (!isMap(document.contents)) document.contents = document.createNode({});
  const rules = document.getIn(['rules'], true);
  const said = Object.fromEntries(
    Object.entries(input).filter(([key, value]) => value !== undefined && value !== unsaid.get(key)),
  );
  if (isSeq(rules)) rules.add(document.createNode(said));
  else document.setIn(['rules'], document.createNode([said]));
  return { ...present, rules: [...present.rules, rule] };
}

function enabledAs(document: Document, present: AlertRules, name: string, enabled: boolean): AlertRules {
  document.setIn(['rules', placeOf(present, name), 'enabled'], enabled);
  return { ...present, rules: present.rules.map((rule) => (rule.name === name ? { ...rule, enabled } : rule)) };
}

function removed(document: Document, present: AlertRules, name: string): AlertRules {
  document.deleteIn(['rules', placeOf(present, name)]);
  return { ...present, rules: present.rules.filter((rule) => rule.name !== name) };
}

function placeOf({ rules }: AlertRules, name: string): number {
  const place = rules.findIndex((rule) => rule.name === name);
  if (place < 0) throw new VigilError('not-found', `There is no alert rule called '${name}'.`);
  return place;
}

/** What tells one state of the file from another. */
function markOf(name: string, found: TextReading): string {
  if (found.kind === 'text') return `${name} ${createHash('sha256').update(found.text).digest('hex')}`;
  return found.kind === 'unreadable' ? `${name} ${found.why}` : 'missing';
}
