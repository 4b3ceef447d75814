import type { AzureStatus } from '../contract/azure.ts';
import { plainText } from './plain-text.ts';
import { type Cell, textTable } from './text-table.ts';

const stateWords: Readonly<Record<AzureStatus['state'], string>> = {
  off: 'Azure is not used',
  'signed-in': 'Signed in',
  'signing-in': 'A sign-in is under way',
  'sign-in-needed': 'A sign-in is needed',
};

const wayWords = { browser: 'in the browser', 'device-code': 'by a code', cli: 'with the Azure CLI' } as const;

/** A wrong clock is worth a line from here on. */
const clockSeconds = 60;

/** `vigil azure status`. */
export function printAzureStatus(status: AzureStatus): string {
  const { state, reason, hint, way, cloud, account, tenant, kept, clockAheadSeconds, subscriptions } = status;
  const how = way === null || state === 'off' ? '' : ` ${wayWords[way]}`;
  const lines = [`${stateWords[state]}${how}`];
  if (account !== null) lines.push(`account   ${account}`);
  if (tenant !== null) lines.push(`tenant    ${tenant}`);
  if (state !== 'off') lines.push(`cloud     ${cloud}`);
  if (kept !== null) lines.push(`kept      ${kept}`);
  if (clockAheadSeconds !== null && Math.abs(clockAheadSeconds) >= clockSeconds) {
    const direction = clockAheadSeconds > 0 ? 'ahead of' : 'behind';
    lines.push(`clock     ${Math.abs(clockAheadSeconds)} s ${direction} that of Azure`);
  }
  for (const each of subscriptions.filter(({ chosen }) => chosen)) {
    const trouble = each.trouble === null ? '' : `: ${each.trouble}`;
    lines.push(`reads     ${each.name}, ${each.machines} machines${trouble}`);
  }
  if (reason !== null) lines.push(reason);
  if (hint !== null) lines.push(`hint: ${hint}`);
  return lines.map(plainText).join('\n');
}

/** `vigil azure subscriptions`. */
export function printSubscriptions({ subscriptions }: AzureStatus, hasColour: boolean): string {
  const head = ['FLEET', 'NAME', 'ID', 'STATE', 'MACHINES', 'READ', 'TROUBLE'];
  const rows = subscriptions.map((each): readonly Cell[] => [
    { text: each.chosen ? 'yes' : 'no', colour: each.chosen ? 'green' : 'grey' },
    { text: each.name },
    { text: each.id },
    { text: each.state },
    { text: String(each.machines) },
    { text: each.readAt ?? '-' },
    { text: each.trouble ?? '-', colour: each.trouble === null ? undefined : 'yellow' },
  ]);
  return textTable(head, rows, hasColour);
}
