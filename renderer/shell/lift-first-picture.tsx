import { useLayoutEffect, useState } from 'react';
import { useClient } from '../client/client-context.tsx';
import { useLink, useStore } from '../client/use-engine.ts';
import { isFirstPictureShown, liftFirstPicture } from '../first-picture/first-picture.ts';
import { useRoute } from '../route.ts';

/**
 * Lifts the first picture once the page behind it shows what is true now, or why it cannot. It draws nothing, so that
 * nothing is drawn anew with each reading that it waits for; when there is nothing to lift it listens to nothing.
 */
export function LiftFirstPicture() {
  const [isOver, setOver] = useState(() => !isFirstPictureShown());
  return isOver ? null : <WaitForPage onDrawn={() => setOver(true)} />;
}

function WaitForPage({ onDrawn }: { readonly onDrawn: () => void }) {
  const client = useClient();
  const isFleet = useRoute().page === 'fleet';
  const machines = useStore(client.machines);
  const readings = useStore(client.readings);
  const isLost = useLink().kind === 'lost';
  const isDrawn = machines.value !== null && (readings.value !== null || readings.error !== null);
  const isOver = !isFleet || isDrawn || isLost;
  useLayoutEffect(() => {
    if (!isOver) return;
    liftFirstPicture();
    onDrawn();
  }, [isOver, onDrawn]);
  return null;
}
