import { LayoutGrid, List } from 'lucide-react';
import type { Ref } from 'react';
import { ChoiceMenu } from '../../components/choice-menu.tsx';
import { FilterField } from '../../components/filter-field.tsx';
import { LevelMark } from '../../components/level-mark.tsx';
import { Segments } from '../../components/segments.tsx';
import { levelWords } from '../../format/level.ts';
import { BinButton } from './bin-button.tsx';
import { type Grouping, groupings } from './fleet-items.ts';
import { NewMenu } from './new-menu.tsx';
import type { SortKey } from './sort-machines.ts';

export const fleetViews = ['table', 'cards'] as const;
export type FleetView = (typeof fleetViews)[number];

const levels = ['calm', 'high', 'full'] as const;
const viewChoices = [
  { value: 'table', label: 'Table', icon: List },
  { value: 'cards', label: 'Cards', icon: LayoutGrid },
] as const;
const groupWords: Readonly<Record<Grouping, string>> = {
  none: 'None',
  provider: 'Provider',
  state: 'State',
  health: 'Health',
  tag: 'First tag',
  group: 'Group',
};
const sortChoices: readonly { readonly value: SortKey; readonly label: string }[] = [
  { value: 'worst', label: 'Worst first' },
  { value: 'name', label: 'Name' },
  { value: 'cpu', label: 'CPU' },
  { value: 'memory', label: 'Memory' },
  { value: 'disk', label: 'Disk' },
  { value: 'host', label: 'Cost on this computer' },
  { value: 'state', label: 'State' },
  { value: 'health', label: 'Health' },
  { value: 'uptime', label: 'Up' },
  { value: 'provider', label: 'Provider' },
];

interface FleetToolsProps {
  readonly view: FleetView;
  onView(view: FleetView): void;
  readonly filter: string;
  onFilter(filter: string): void;
  readonly filterField: Ref<HTMLInputElement>;
  /** `3 of 14`; empty while nothing is filtered out. */
  readonly shown: string;
  readonly grouping: Grouping;
  onGroup(grouping: Grouping): void;
  readonly sort: SortKey;
  onSort(key: SortKey): void;
}

/** How the fleet is looked at: as what, which of them, together with whom, in which order. */
export function FleetTools(props: FleetToolsProps) {
  const { view, onView, filter, onFilter, filterField, shown, grouping, onGroup, sort, onSort } = props;
  return (
    <div className="fleet-tools">
      <Segments
        name="View"
        options={viewChoices}
        value={view}
        onChange={(next) => onView(next === 'cards' ? 'cards' : 'table')}
      />
      <FilterField
        label="Filter the machines"
        placeholder="Filter: name, state, tag, port"
        filter={filter}
        onFilter={onFilter}
        field={filterField}
        className="fleet-filter"
      />
      <ChoiceMenu
        name="Group"
        choices={groupings.map((value) => ({ value, label: groupWords[value] }))}
        value={grouping}
        onChoose={onGroup}
      />
      <ChoiceMenu name="Sort" choices={sortChoices} value={sort} onChoose={onSort} />
      <span className="quiet small fleet-shown" role="status">
        {shown}
      </span>
      <span className="grow" />
      <span className="fleet-legend" aria-hidden="true">
        {levels.map((level) => (
          <span key={level}>
            <LevelMark level={level} /> {levelWords[level]}
          </span>
        ))}
      </span>
      <BinButton />
      <NewMenu />
    </div>
  );
}
