import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Document } from 'yaml';
import { AlertRules } from '../../contract/alert-rule.ts';
import type { AlertTextFault } from '../../contract/alert-text.ts';
import { VigilError } from '../../contract/failure.ts';
import type { AlertRulesFile, AlertRulesReading } from '../../engine/ports/alert-rules-file.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Log } from '../../engine/ports/log.ts';
import { faultText, type RulesFault, readAlertRulesText } from './alert-rules-text.ts';
import { added, channelSet, enabledAs, removed, replaced } from './edit-alert-rules.ts';
import { firstAlertRules } from './first-alert-rules.ts';
import { hideAddresses, showAddresses, shownLineOf, type VeiledText } from './hide-addresses.ts';
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
    if (reading.kind === 'broken')
      return { rules: await readLastGood(), fault: `${name} ${faultText(reading.faults[0])}` };
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
    const text = written(document);
    const proof = readAlertRulesText(text);
    if (proof.kind !== 'good' || Buffer.byteLength(text) > limitBytes || !isDeepStrictEqual(proof.rules, wanted))
      throw new VigilError('refused', `${file} is written in a way that Vigil does not dare to change.`, {
        hint: 'Change it by hand; it takes effect at once.',
      });
    await writeFileDurably(file, text);
    return take(yamlName, { kind: 'text', text });
  };

  /** As it would be edited: of JSON the YAML that it becomes. */
  const asEdited = async (): Promise<{
    readonly veiled: VeiledText;
    readonly version: string;
    readonly name: string;
  }> => {
    const { name, found } = await find();
    if (found.kind === 'unreadable') throw new VigilError('refused', `${path.join(home, name)} ${found.why}.`);
    const text = found.kind === 'text' ? found.text : '';
    const version = markOf(name, found);
    if (name === yamlName) return { name, version, veiled: hideAddresses(text) };
    const reading = readAlertRulesText(text);
    if (reading.kind === 'broken')
      throw new VigilError('refused', `${path.join(home, name)} ${faultText(reading.faults[0])}`, {
        hint: 'Mend it by hand; it takes effect at once.',
      });
    return { name, version, veiled: hideAddresses(written(new Document(reading.document.toJS()))) };
  };
  const wholeOf = (shown: string, { hidden }: VeiledText): string => {
    const whole = showAddresses(shown, hidden);
    if (whole !== null) return whole;
    throw new VigilError('bad-input', 'A line that stands for others which are not shown is gone, or is there twice.', {
      field: 'text',
      hint: `Put it back as it was: ${hidden.find(({ isNeeded }) => isNeeded)?.marker ?? ''}`,
    });
  };
  const faultsOf = (whole: string, shown: string, { hidden }: VeiledText): readonly AlertTextFault[] => {
    const reading = readAlertRulesText(whole);
    if (reading.kind === 'good') return [];
    return reading.faults.map(({ line, message }: RulesFault) => ({
      line,
      message,
      shownLine: line === null ? null : shownLineOf(line, shown, hidden),
    }));
  };

  return {
    readText: () =>
      inTurn(async () => {
        const { name, veiled, version } = await asEdited();
        const { shown, hidden } = veiled;
        return {
          path: path.join(home, name),
          text: shown,
          hidden: hidden.map(({ marker, lines }) => ({ marker, lines })),
          version,
          faults: faultsOf(wholeOf(shown, veiled), shown, veiled),
        };
      }),
    judgeText: (text) =>
      inTurn(async () => {
        const { veiled } = await asEdited();
        return faultsOf(wholeOf(text, veiled), text, veiled);
      }),
    writeText: (text, version) =>
      inTurn(async () => {
        const { veiled, version: now } = await asEdited();
        if (now !== version)
          throw new VigilError('conflict', `${yamlName} was changed by somebody else meanwhile.`, {
            hint: 'Read it again, and make your change there.',
          });
        const whole = wholeOf(text, veiled);
        const reading = readAlertRulesText(whole);
        if (reading.kind === 'broken')
          throw new VigilError('bad-input', `${yamlName} ${faultText(reading.faults[0])}`, { field: 'text' });
        if (Buffer.byteLength(whole) > limitBytes)
          throw new VigilError('bad-input', `${yamlName} has at most 256 KiB.`, { field: 'text' });
        await writeFileDurably(file, whole);
        return take(yamlName, { kind: 'text', text: whole });
      }),
    replace: (name, rule) => inTurn(() => change((document, rules) => replaced(document, rules, name, rule))),
    setChannel: (channel, wanted) =>
      inTurn(() => change((document, rules) => channelSet(document, rules, channel, wanted))),
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
      const lookInTurn = (): void => {
        inTurn(look).catch((error: unknown) =>
          log.write('error', 'files', `the changed ${yamlName} could not be read`, { error }),
        );
      };
      const end = watchFolder({
        folder: home,
        clock,
        log,
        concerns: (name) => name === yamlName || name === jsonName,
        changed: lookInTurn,
      });
      // It may have been changed since it was read.
      lookInTurn();
      return () => {
        stopped = true;
        end();
      };
    },
  };
}

function written(document: Document): string {
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** What tells one state of the file from another. */
function markOf(name: string, found: TextReading): string {
  if (found.kind === 'text') return `${name} ${createHash('sha256').update(found.text).digest('hex')}`;
  return found.kind === 'unreadable' ? `${name} ${found.why}` : 'missing';
}
