/** Whether anybody can see this page: not while its window is minimised, hidden or covered. */
export function isInSight(): boolean {
  return document.visibilityState === 'visible';
}

/** Tells when the page comes into sight and when it goes out of it. The result undoes it. */
export function onSight(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
}

/**
 * The same subscription for what only draws: silent while nobody sees the page, and told once when somebody does again,
 * so that a hidden window draws nothing.
 */
export function whileInSight(subscribe: (listener: () => void) => () => void): (listener: () => void) => () => void {
  return (listener) => {
    const told = (): void => {
      if (isInSight()) listener();
    };
    const undo = [subscribe(told), onSight(told)];
    return () => {
      for (const each of undo) each();
    };
  };
}
