import { Cloud, Monitor, Terminal } from 'lucide-react';
import type { MachineProviderKind } from '../../main/contract/machine.ts';
import { visibleText } from '../format/visible-text.ts';
import { providerWords } from '../format/words.ts';

const icons = { qemu: Monitor, azure: Cloud, ssh: Terminal } as const;

interface ProviderBadgeProps {
  readonly provider: MachineProviderKind;
  /** More about the place, on hover. */
  readonly place?: string | null;
}

export function ProviderBadge({ provider, place = null }: ProviderBadgeProps) {
  const Icon = icons[provider];
  return (
    <span
      className="badge"
      title={place === null ? providerWords[provider] : `${providerWords[provider]}: ${visibleText(place)}`}
    >
      <Icon className="icon icon-small" strokeWidth={1.6} aria-hidden="true" />
      <span className="badge-word">{providerWords[provider]}</span>
    </span>
  );
}
