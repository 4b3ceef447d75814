import type { MachineProviderKind } from '../../main/contract/machine.ts';
import type { Sample, SampleSource } from '../../main/contract/sample.ts';

/** From where a machine is looked at. What a guest says and what is seen from outside never share a line. */
export interface ChartView {
  readonly source: SampleSource;
  readonly label: string;
  /** `as the guest says`. */
  readonly words: string;
}

const views: readonly ChartView[] = [
  { source: 'guest', label: 'Guest', words: 'as its guest says' },
  { source: 'ssh', label: 'Host', words: 'as the host says over SSH' },
  { source: 'azure', label: 'Azure', words: 'as Azure says' },
  { source: 'host', label: 'This computer', words: 'its process on this computer' },
];

/** A machine of Azure is nobody's host: what it says of itself comes over SSH. */
const overSsh: ChartView = { source: 'ssh', label: 'SSH', words: 'as the machine says over SSH' };

/** The views that have anything to show, the closest one first; at least the one that this kind of machine begins with. */
export function chartViews(provider: MachineProviderKind, samples: readonly Sample[]): readonly ChartView[] {
  const known = new Set(samples.map(({ source }) => source));
  const own = provider === 'azure' ? views.map((view) => (view.source === 'ssh' ? overSsh : view)) : views;
  const found = own.filter(({ source }) => known.has(source));
  if (found.length > 0) return found;
  const first = { qemu: 'host', ssh: 'ssh', azure: 'azure' } as const;
  return views.filter(({ source }) => source === first[provider]);
}
