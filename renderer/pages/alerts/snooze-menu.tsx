import { ChevronDown } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { Episode } from '../../../main/contract/alert.ts';
import { Button } from '../../components/button.tsx';
import { layerRoot } from '../../components/layer-root.ts';
import { type AlertVerbs, whyNotSnoozed } from './alert-verbs.ts';
import { topicOf } from './alert-words.ts';

const times = [
  { seconds: 3600, words: '1 h' },
  { seconds: 8 * 3600, words: '8 h' },
  { seconds: 24 * 3600, words: '24 h' },
  { seconds: 7 * 24 * 3600, words: '7 d' },
] as const;

/** For how long no word is wanted of this rule and machine, or of the machine at all. */
export function SnoozeMenu({ episode, verbs }: { readonly episode: Episode; readonly verbs: AlertVerbs }) {
  const why = whyNotSnoozed(episode);
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Button look="plain" size="small" aria-label={`Silence ${topicOf(episode)}`}>
          Silence
          <ChevronDown className="icon icon-tiny" aria-hidden="true" />
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={layerRoot()}>
        <DropdownMenu.Content className="layer menu" align="end" sideOffset={4} collisionPadding={8}>
          {times.map(({ seconds, words }) => (
            <DropdownMenu.Item
              key={words}
              className="menu-item"
              disabled={why !== undefined}
              onSelect={() => verbs.snooze(episode, seconds, words)}
            >
              <span className="menu-verb">Snooze this alert {words}</span>
            </DropdownMenu.Item>
          ))}
          <DropdownMenu.Separator className="menu-line" />
          <DropdownMenu.Item className="menu-item" onSelect={() => verbs.quiet(episode)}>
            <span className="menu-verb">
              Nothing of {episode.machine === null ? 'anything' : `this machine`} for 1 h
            </span>
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
