import { act, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { vi } from 'vitest';
import { bridgeConnection } from '../../../renderer/client/bridge-connection.ts';
import { ClientProvider } from '../../../renderer/client/client-context.tsx';
import { createEngineClient } from '../../../renderer/client/engine-client.ts';
import { ActionsProvider } from '../../../renderer/components/actions.tsx';
import { ToastProvider } from '../../../renderer/components/toasts.tsx';
import type { FakeBridge } from './fake-bridge.ts';

/** What jsdom does not have. Sizes are those of a small window, so that a virtual list draws rows. */
function fillGaps(): void {
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => {}, removeEventListener: () => {} }));
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe(): void {}
      unobserve(): void {}
      disconnect(): void {}
    },
  );
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(900);
  if (!vi.isMockFunction(HTMLCanvasElement.prototype.getContext)) {
    vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  }
  Element.prototype.scrollIntoView = () => {};
  Element.prototype.scrollTo = () => {};
}

/** A busy computer draws slowly; what is right is there long before. */
const patienceMs = 15_000;

/** Everything that follows at once from `action` is drawn when it returns. What comes later draws itself. */
async function drawn(action: () => void): Promise<void> {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  await act(async () => action());
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', false);
}

export interface Mounted {
  readonly page: HTMLElement;
  /** Draws something else in the same place. */
  render(children: ReactNode): Promise<void>;
  /** Waits until something holds; the error is the check's own. */
  eventually<T>(check: () => T): Promise<T>;
  press(element: Element | null | undefined): Promise<void>;
  focus(element: HTMLElement | undefined): Promise<void>;
  type(field: Element | null | undefined, text: string): Promise<void>;
  /** Takes one of a list. */
  choose(list: HTMLSelectElement, value: string): Promise<void>;
  key(key: string, target?: Element): Promise<void>;
  /** A pointer does something so many pixels from the left edge of the window. */
  pointer(type: 'pointerdown' | 'pointermove' | 'pointerup', target: Element, clientX: number): Promise<void>;
  unmount(): Promise<void>;
}

/** A page of the renderer on a fake engine, with everything around it that it needs. */
export async function mount(children: ReactNode, bridge: FakeBridge): Promise<Mounted> {
  fillGaps();
  const page = document.createElement('main');
  document.body.append(page);
  const root = createRoot(page);
  const client = createEngineClient(bridgeConnection(bridge));
  const render = (shown: ReactNode) =>
    drawn(() => {
      root.render(
        <ClientProvider client={client}>
          <ToastProvider>
            <ActionsProvider>{shown}</ActionsProvider>
          </ToastProvider>
        </ClientProvider>,
      );
    });
  await render(children);
  return {
    page,
    render,
    eventually: (check) => vi.waitFor(check, { timeout: patienceMs, interval: 20 }),
    press: async (element) => {
      if (!(element instanceof HTMLElement)) throw new Error('There is nothing to press.');
      await drawn(() => element.click());
    },
    focus: (element) => drawn(() => element?.focus()),
    type: async (field, text) => {
      const isField = field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement;
      if (!isField) throw new Error('There is no field to type into.');
      await drawn(() => {
        Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value')?.set?.call(field, text);
        field.dispatchEvent(new Event('input', { bubbles: true }));
      });
    },
    choose: async (list, value) => {
      await drawn(() => {
        list.value = value;
        list.dispatchEvent(new Event('change', { bubbles: true }));
      });
    },
    key: async (key, target = document.body) => {
      await drawn(() => {
        target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
      });
    },
    pointer: async (type, target, clientX) => {
      // jsdom has no pointer events; React listens to the name.
      await drawn(() => {
        target.dispatchEvent(new MouseEvent(type, { clientX, bubbles: true, cancelable: true }));
      });
    },
    unmount: async () => {
      await drawn(() => root.unmount());
      client.stop();
      page.remove();
      vi.unstubAllGlobals();
      vi.restoreAllMocks();
    },
  };
}

export function buttonNamed(name: string): HTMLElement | undefined {
  return [...document.querySelectorAll<HTMLElement>('button')].find(
    (each) => (each.getAttribute('aria-label') ?? each.textContent?.trim() ?? '') === name,
  );
}

export function fieldNamed(label: string): HTMLInputElement {
  const found = [...document.querySelectorAll('label')].find((each) => each.textContent === label);
  return document.getElementById(found?.htmlFor ?? '') as HTMLInputElement;
}

export function selectNamed(label: string): HTMLSelectElement {
  const found = [...document.querySelectorAll('label')].find((each) => each.textContent === label);
  const list = document.getElementById(found?.htmlFor ?? '');
  if (!(list instanceof HTMLSelectElement)) throw new Error(`There is no list named ${label}.`);
  return list;
}

/** What stands beside a field. */
export function wordsBeside(label: string): string {
  return document.getElementById(fieldNamed(label).getAttribute('aria-describedby') ?? '')?.textContent ?? '';
}
