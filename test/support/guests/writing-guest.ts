import { execFileSync } from 'node:child_process';
import { rmSync, truncateSync, writeFileSync } from 'node:fs';

/**
 * Makes a qcow2 image with a guest of one sector that writes to its disk without end, in bursts of 16 blocks from one tick of
 * its timer to the next (18 a second), and knows when memory and disk are not of one moment: a counter in its memory goes into a ring of 256 blocks, and before each write it reads the block it
 * wrote last (a disk that is behind its memory lacks it) and the one it is about to replace (a disk that is ahead has
 * replaced it already). On the first block that is not what it should be it panics. Each boot begins with a number of its own.
 */
export function makeWritingGuest(image: string, sizeMib: number): void {
  const raw = `${image}.raw`;
  const sector = Buffer.alloc(512);
  Buffer.from(code, 'hex').copy(sector);
  sector.writeUInt16LE(0xaa55, 510);
  writeFileSync(raw, sector);
  truncateSync(raw, sizeMib * 1_048_576);
  execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, image]);
  rmSync(raw);
}

/** Where its ring lies, in bytes. */
export const ringOffset = 64 * 512;

/*
 * 16-bit code, loaded at 0x7c00; ebx counts, ebp is the number of this boot, the ring begins at sector 64.
 *
 *          xor ax,ax / mov ds,ax / mov es,ax / mov ss,ax / mov sp,0x7c00
 *          rdtsc / mov ebp,eax / xor ebx,ebx
 *   again: inc ebx
 *          cmp ebx,1 / jbe old
 *          lea eax,[ebx-1] / call read / lea ecx,[ebp+ebx-1] / cmp ecx,edx / jne bad
 *   old:   cmp ebx,256 / jbe write
 *          mov eax,ebx / call read / lea ecx,[ebp+ebx-256] / cmp ecx,edx / jne bad
 *   write: mov eax,ebx / call place / lea ecx,[ebp+ebx] / mov [0x1000],ecx
 *          mov word [0x604],0x1000 / mov ax,0x4300 / call disk
 *          test bl,15 / jnz again / sti / hlt / jmp again
 *   bad:   mov dx,0x505 / mov al,1 / out dx,al        ; the panic device
 *   stay:  hlt / jmp stay
 *   read:  call place / mov word [0x604],0x2000 / mov ah,0x42 / call disk / mov edx,[0x2000] / ret
 *   place: and eax,255 / shl eax,3 / add eax,64       ; the packet at 0x600: 8 sectors, buffer, first sector
 *          mov [0x608],eax / mov dword [0x60c],0 / mov dword [0x600],0x00080010 / mov word [0x606],0 / ret
 *   disk:  push ebx / push ebp / mov si,0x600 / mov dl,0x80 / int 0x13 / pop ebp / pop ebx / jc bad / ret
 */
const code = [
  '31c08ed88ec08ed0bc007c0f316689c56631db',
  '66436683fb01761367668d43ffe8570067668d4c1dff6639d17543',
  '6681fb0001000076146689d8e83d0067668d8c1d00ffffff6639d17526',
  '6689d8e83d0067668d4c1d0066890e0010c70604060010b80043e85100f6c30f75a6fbf4eba2',
  'ba0505b001eef4ebfd',
  'e81100c70604060020b442e83100668b160020c3',
  '6625ff00000066c1e0036683c04066a3080666c7060c060000000066c706000610000800c70606060000c3',
  '66536655be0006b280cd13665d665b72a7c3',
].join('');
