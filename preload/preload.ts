import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron';
import { type Bridge, callChannel, eventChannel } from '../main/contract/bridge.ts';
import { type EventMessage, eventNames } from '../main/contract/events.ts';

/**
 * All that a page gets of the system. No channel name, no event object and nothing of `ipcRenderer` leaves this file:
 * each listener of a page is wrapped, so the page holds a copy of the message and its own undo.
 */

const known: ReadonlySet<string> = new Set(eventNames);

function isEventMessage(message: unknown): message is EventMessage {
  return (
    typeof message === 'object' &&
    message !== null &&
    'name' in message &&
    typeof message.name === 'string' &&
    known.has(message.name)
  );
}

contextBridge.exposeInMainWorld('vigil', {
  call: (name, input) => ipcRenderer.invoke(callChannel, name, input),
  subscribe: (listener) => {
    const pass = (_event: IpcRendererEvent, message: unknown): void => {
      if (isEventMessage(message)) listener(message);
    };
    ipcRenderer.on(eventChannel, pass);
    return () => {
      ipcRenderer.off(eventChannel, pass);
    };
  },
} satisfies Bridge);
