import { Cloud, Monitor, Terminal } from 'lucide-react';
import type { MachineProviderKind } from '../../main/contract/machine.ts';
import { providerWords } from '../format/words.ts';

const icons = { qemu: Monitor, azure: Cloud, ssh: Terminal } as const;

export function ProviderBadge({ provider }: { readonly provider: MachineProviderKind }) {
  const Icon = icons[provider];
  return (
    <span className="badge" title={providerWords[provider]}>
      <Icon className="icon icon-small" strokeWidth={1.6} aria-hidden="true" />
      <span className="badge-word">{providerWords[provider]}</span>
    </span>
  );
}
