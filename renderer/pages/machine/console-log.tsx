import { type ReactNode, useEffect, useMemo } from 'react';
import type { Machine } from '../../../main/contract/machine.ts';
import { useClient } from '../../client/client-context.tsx';
import { createConsoleFeed } from '../../client/console-feed.ts';
import { useStore } from '../../client/use-engine.ts';
import { LogView } from './log-view.tsx';

const pollMs = 1000;

interface ConsoleLogProps {
  readonly machine: Machine;
  /** Stands first among the tools. */
  readonly lead: ReactNode;
}

/** What the machine printed on its serial port, as it prints it. */
export function ConsoleLog({ machine, lead }: ConsoleLogProps) {
  const { connection } = useClient();
  const feed = useMemo(() => createConsoleFeed(connection, machine.id), [connection, machine.id]);
  const { raw, isCut, isRead, error } = useStore(feed);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const poll = async (): Promise<void> => {
      if (document.visibilityState === 'visible') await feed.poll();
      if (!isOver) timer = setTimeout(() => void poll(), pollMs);
    };
    void poll();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [feed]);

  return (
    <LogView
      raw={raw}
      isRead={isRead}
      error={error}
      lead={lead}
      note={isCut ? 'The beginning is in the log file.' : ''}
      nothing="What the guest writes to its serial port will stand here."
      again={() => void feed.poll()}
    />
  );
}
