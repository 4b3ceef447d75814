import { X } from 'lucide-react';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { Button } from './button.tsx';
import { Mark, type MarkKind } from './mark.tsx';

export interface Toast {
  readonly mark: MarkKind;
  readonly text: ReactNode;
  /** The way back or onwards. */
  readonly verb?: { readonly label: string; run(): void };
  /** A fault stays until it is closed. */
  readonly stays?: boolean;
}

interface ShownToast extends Toast {
  readonly key: number;
}

const mostToasts = 3;
const shownForMs = 6000;

const ToastContext = createContext<(toast: Toast) => void>(() => {});

/** Shows a word in the corner. Never the only place of a fact. */
export function useToast(): (toast: Toast) => void {
  return useContext(ToastContext);
}

export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly ShownToast[]>([]);
  const next = useRef(0);
  const show = useCallback((toast: Toast) => {
    next.current += 1;
    const shown = { ...toast, key: next.current };
    setToasts((before) => [...before, shown].slice(-mostToasts));
  }, []);
  const close = useCallback((key: number) => setToasts((before) => before.filter((each) => each.key !== key)), []);
  return (
    <ToastContext value={show}>
      {children}
      <section className="toasts" aria-label="Messages" aria-live="polite">
        {toasts.map((toast) => (
          <ToastView key={toast.key} toast={toast} close={close} />
        ))}
      </section>
    </ToastContext>
  );
}

function ToastView({ toast, close }: { readonly toast: ShownToast; close(key: number): void }) {
  const { key, stays, verb } = toast;
  useEffect(() => {
    if (stays === true) return;
    const timer = setTimeout(() => close(key), shownForMs);
    return () => clearTimeout(timer);
  }, [stays, key, close]);
  const act = useMemo(
    () =>
      verb === undefined
        ? undefined
        : () => {
            verb.run();
            close(key);
          },
    [verb, key, close],
  );
  return (
    <div className="layer toast" role={stays === true ? 'alert' : 'status'}>
      <Mark kind={toast.mark} />
      <span className="toast-text">{toast.text}</span>
      {verb === undefined ? null : (
        <Button look="plain" size="small" onClick={act}>
          {verb.label}
        </Button>
      )}
      <Button look="plain" size="small" icon={X} aria-label="Close this message" onClick={() => close(key)} />
    </div>
  );
}
