import type { AzureVm } from '../../engine/ports/azure.ts';
import type { AzureScreen } from '../../engine/ports/azure-insight.ts';
import { ArmTrouble } from './arm-policy.ts';
import { readBitmap } from './bitmap.ts';
import type { BootStore } from './boot-store.ts';
import { pngWithin } from './png.ts';

/** A bitmap of 2,560 by 1,600 points has 16 MiB at most. */
const mostFetched = 24 * 1024 * 1024;

/** What the machine showed when the platform looked last, as a PNG of at most `mostBytes`. */
export async function readBootScreen(
  store: BootStore,
  vm: AzureVm,
  mostBytes: number,
  abort: AbortSignal,
): Promise<AzureScreen> {
  const { body, at } = await store.open(vm, 'screen', abort);
  const chunks: Buffer[] = [];
  let fetched = 0;
  for await (const chunk of body) {
    const part = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    fetched += part.length;
    if (fetched > mostFetched)
      throw new ArmTrouble('VIGIL_SAID', 'The picture of the screen is too large to be shown.');
    chunks.push(part);
  }
  const picture = readBitmap(Buffer.concat(chunks));
  if (picture === null) {
    throw new ArmTrouble('VIGIL_SAID', 'What Azure keeps as a picture of the screen is none that Vigil can read.');
  }
  const { png, ...size } = await pngWithin(picture, mostBytes);
  return { png: png.toString('base64'), bytes: png.length, ...size, at };
}
