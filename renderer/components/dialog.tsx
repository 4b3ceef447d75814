import { Dialog as Primitive } from 'radix-ui';
import { type ReactNode, useRef } from 'react';

export interface DialogProps {
  /** A question with the noun in it. */
  readonly title: ReactNode;
  /** What is lost and what keeps it. */
  readonly children: ReactNode;
  /** The safe choice comes first and has the focus: mark it with `data-safe`. */
  readonly choices: ReactNode;
  onClose(): void;
}

/**
 * A question that stops everything else. Radix's own overlay is left out: it writes a `<style>` element to lock
 * scrolling, which the page's policy refuses; the page behind never scrolls as a whole.
 */
export function Dialog({ title, children, choices, onClose }: DialogProps) {
  const content = useRef<HTMLDivElement>(null);
  return (
    <Primitive.Root open onOpenChange={(open) => open || onClose()}>
      <Primitive.Portal>
        <div className="scrim" />
        <Primitive.Content
          ref={content}
          className="layer dialog"
          onOpenAutoFocus={(event) => {
            const safe = content.current?.querySelector<HTMLElement>('[data-safe]');
            if (safe === null || safe === undefined) return;
            event.preventDefault();
            safe.focus();
          }}
        >
          <Primitive.Title className="dialog-title">{title}</Primitive.Title>
          <Primitive.Description asChild>
            <div className="dialog-text">{children}</div>
          </Primitive.Description>
          <div className="dialog-choices">{choices}</div>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
