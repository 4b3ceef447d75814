import type { Machine } from '../../main/contract/machine.ts';
import { severities, severityOf } from '../../main/contract/machine-condition.ts';
import type { Operation } from '../../main/contract/operation.ts';
import { operationWords } from '../../main/contract/operation-words.ts';
import { stateWordOf } from '../../main/contract/state-words.ts';
import { markOf } from '../components/machine-mark.ts';
import { type ShownVerb, verbLabel, verbsOf } from '../components/machine-verbs.ts';
import type { MarkKind } from '../components/mark.tsx';
import {
  activityHref,
  addHostHref,
  alertHref,
  alertsHref,
  fleetHref,
  forecastsHref,
  hooksHref,
  machineHref,
  newMachineHref,
  settingsHref,
} from '../route.ts';

export type CommandGroup = 'Verbs' | 'Machines' | 'Pages';

export interface Command {
  readonly key: string;
  readonly group: CommandGroup;
  /** `Restart` before a machine's name; alone for a page. */
  readonly verb: string;
  readonly machine: Machine | null;
  readonly mark: MarkKind | null;
  /** Said quietly at the end of the line. */
  readonly aside: string;
  readonly act: { readonly kind: 'go'; readonly href: string } | { readonly kind: 'run'; readonly verb: ShownVerb };
}

const pages: readonly (readonly [name: string, href: string, aside: string])[] = [
  ['New machine', newMachineHref, ''],
  ['Add an SSH host', addHostHref, ''],
  ['Fleet', fleetHref, 'G F'],
  ['Alerts', alertsHref, 'G A'],
  ['Forecasts', forecastsHref, 'G O'],
  ['Activity', activityHref, 'G C'],
  ['Hooks', hooksHref, 'G H'],
  ['Settings', settingsHref, 'G S'],
  ['Alert rules', alertHref('rules'), ''],
  ['Channels of alerts', alertHref('channels'), ''],
  ['Maintenance windows', alertHref('maintenance'), ''],
];

/** Enough to choose from; who does not find it types another letter. */
const mostPerGroup: Readonly<Record<CommandGroup, number>> = { Verbs: 8, Machines: 6, Pages: 6 };

/** Verbs, machines and pages that fit what was typed: worst machines first, and what is impossible now is absent. */
export function paletteCommands(
  typed: string,
  machines: readonly Machine[],
  operationOf: (machine: Machine) => Operation | undefined,
): readonly Command[] {
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const fits = (text: string) => {
    const starts = text.toLowerCase().split(/[\s.…-]+/);
    return words.every((word) => starts.some((start) => start.startsWith(word)) || text.toLowerCase().includes(word));
  };
  const worstFirst = [...machines].sort(
    (a, b) =>
      severities.indexOf(severityOf(a, undefined)) - severities.indexOf(severityOf(b, undefined)) ||
      a.name.localeCompare(b.name),
  );

  const verbs: Command[] = [];
  const opens: Command[] = [];
  for (const machine of worstFirst) {
    const operation = operationOf(machine);
    const common = {
      machine,
      mark: markOf(machine, operation).kind,
      aside: operation === undefined ? stateWordOf(machine) : operationWords[operation.kind].doing,
    };
    // With nothing typed the list would be all verbs of one machine.
    for (const verb of words.length === 0 ? [] : verbsOf(machine, operation)) {
      const label = verbLabel(verb, machine);
      if (verbs.length < mostPerGroup.Verbs && fits(`${label} ${machine.name}`)) {
        verbs.push({
          key: `${verb} ${machine.id}`,
          group: 'Verbs',
          verb: label,
          ...common,
          act: { kind: 'run', verb },
        });
      }
    }
    if (opens.length < mostPerGroup.Machines && fits(`${machine.name} ${machine.tags.join(' ')}`)) {
      const act = { kind: 'go', href: machineHref(machine.id) } as const;
      opens.push({ key: `open ${machine.id}`, group: 'Machines', verb: '', ...common, act });
    }
  }
  const places = pages
    .filter(([name]) => fits(name))
    .map(
      ([name, href, aside]): Command => ({
        key: href,
        group: 'Pages',
        verb: name,
        machine: null,
        mark: null,
        aside,
        act: { kind: 'go', href },
      }),
    );
  return [...verbs, ...opens, ...places];
}
