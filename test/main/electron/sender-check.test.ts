import { describe, expect, test } from 'vitest';
import {
  type IpcSender,
  isAppAddress,
  isTrustedSender,
  type SenderFrame,
} from '../../../main/electron/sender-check.ts';

const frame: SenderFrame = { parent: null, origin: 'vigil://app', url: 'vigil://app/#/', processId: 4, routingId: 1 };
const known = new Set([7]);

function event(changes: Partial<SenderFrame> = {}, sender: Partial<IpcSender['sender']> = {}): IpcSender {
  return {
    sender: { id: 7, mainFrame: frame, isDestroyed: () => false, ...sender },
    senderFrame: { ...frame, ...changes },
  };
}

describe('a message is heard', () => {
  test('from the main frame of a window of ours', () => {
    expect(isTrustedSender(event(), known)).toBe(true);
  });
});

describe('a message is not heard', () => {
  test.each<[string, IpcSender]>([
    ['from a window that is not ours', event({}, { id: 8 })],
    ['from a window that is gone', event({}, { isDestroyed: () => true })],
    ['from a frame inside a page', event({ parent: frame })],
    ['from a frame that is no longer the main one', event({ routingId: 2 })],
    ['from a frame of another process', event({ processId: 5 })],
    ['from a frame that is gone', { ...event(), senderFrame: null }],
    ['without a frame', { ...event(), senderFrame: undefined }],
    ['from a blank page', event({ url: 'about:blank', origin: 'null' })],
    ['from a blank page that inherits our origin', event({ url: 'about:blank' })],
    ['without an address', event({ url: '' })],
    ['from an opaque origin at our address', event({ origin: 'null' })],
    ['from an origin that begins like ours', event({ origin: 'vigil://app.example' })],
    ['from a host that begins like ours', event({ url: 'vigil://application/', origin: 'vigil://application' })],
    ['from the web', event({ url: 'https://app/', origin: 'https://app' })],
    ['from a file', event({ url: 'file:///app', origin: 'file://' })],
    ['from data', event({ url: 'data:text/html,x', origin: 'null' })],
    ['with a name in the address', event({ url: 'vigil://user@app/' })],
  ])('%s', (_what, sender) => {
    expect(isTrustedSender(sender, known)).toBe(false);
  });

  test('when reading its frame throws, as Electron does for one that is torn down', () => {
    const torn = event();
    Object.defineProperty(torn.sender, 'mainFrame', {
      get: () => {
        throw new Error('Render frame was disposed before WebFrameMain could be accessed');
      },
    });
    expect(isTrustedSender(torn, known)).toBe(false);
  });
});

test.each([
  ['vigil://app/', true],
  ['vigil://app/index.html#/machines/1', true],
  ['VIGIL://app/', true],
  ['vigil://app', true],
  ['vigil://app@evil/', false],
  ['vigil://app:1/', false],
  ['vigil:app', false],
  ['vigil2://app/', false],
  ['', false],
  ['not an address', false],
])('%j is our address: %s', (address, isOurs) => {
  expect(isAppAddress(address)).toBe(isOurs);
});
