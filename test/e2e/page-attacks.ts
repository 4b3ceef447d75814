/**
 * What a script that got into our page would try. Each function runs inside the page and must stand alone; it answers
 * true when the attack succeeded. One that throws or never answers has failed. Those that leave the page behind show by
 * the page being gone.
 */
export type PageAttack = () => boolean | Promise<boolean>;

declare global {
  interface Window {
    breached?: boolean;
  }
}

const navigations: Record<string, PageAttack> = {
  'goes to the web': () => {
    location.href = 'https://example.com/';
    return false;
  },
  'goes to a file': () => {
    location.assign('file:///etc/passwd');
    return false;
  },
  'goes to data': () => {
    location.replace('data:text/html,<script>1</script>');
    return false;
  },
  'goes to a script address': () => {
    location.href = 'javascript:window.breached=true';
    return window.breached === true;
  },
  'goes to another host of our scheme': () => {
    location.href = 'vigil://evil/index.html';
    return false;
  },
  'goes to another page of ours': () => {
    location.href = 'vigil://app/other.html';
    return false;
  },
  'goes to a mail program': () => {
    location.href = 'mailto:someone@example.com';
    return false;
  },
  'goes to a program of the system': () => {
    location.href = 'ms-settings:about';
    return false;
  },
  'goes to a blob': () => {
    location.href = URL.createObjectURL(new Blob(['<h1>x</h1>'], { type: 'text/html' }));
    return false;
  },
  'sends a form by GET': () => {
    const form = document.body.appendChild(document.createElement('form'));
    form.action = 'https://example.com/';
    form.submit();
    form.remove();
    return false;
  },
  'sends a form by POST': () => {
    const form = document.body.appendChild(document.createElement('form'));
    form.action = 'https://example.com/';
    form.method = 'post';
    form.submit();
    form.remove();
    return false;
  },
  'follows a link': () => {
    const link = document.body.appendChild(document.createElement('a'));
    link.href = 'https://example.com/';
    link.click();
    link.remove();
    return false;
  },
  'follows a link into a new window': () => {
    const link = document.body.appendChild(document.createElement('a'));
    link.href = 'https://example.com/';
    link.target = '_blank';
    link.click();
    link.remove();
    return false;
  },
  'downloads a file': () => {
    const link = document.body.appendChild(document.createElement('a'));
    link.href = URL.createObjectURL(new Blob(['x']));
    link.download = 'evil.sh';
    link.click();
    link.remove();
    return false;
  },
  'refreshes into the web': () => {
    const meta = document.head.appendChild(document.createElement('meta'));
    meta.httpEquiv = 'refresh';
    meta.content = '0;url=https://example.com/';
    meta.remove();
    return false;
  },
  'pretends to be another origin': () => {
    history.pushState(null, '', 'https://example.com/');
    return true;
  },
  'moves its base': () => {
    const base = document.head.appendChild(document.createElement('base'));
    base.href = 'https://example.com/';
    const moved = document.baseURI.startsWith('https:');
    base.remove();
    return moved;
  },
};

const windows: Record<string, PageAttack> = {
  'opens the web': () => window.open('https://example.com/') !== null,
  'opens a blank window': () => window.open('about:blank') !== null,
  'opens an empty window': () => window.open() !== null,
  'opens our own page': () => window.open('vigil://app/') !== null,
  'opens a script address': () => window.open('javascript:1') !== null,
  'opens a blob': () => window.open(URL.createObjectURL(new Blob(['x']))) !== null,
  'opens with features': () =>
    window.open('vigil://app/', 'x', 'nodeIntegration=yes,contextIsolation=no,sandbox=no') !== null,
};

const scripts: Record<string, PageAttack> = {
  // biome-ignore-start lint/security/noGlobalEval: the attack itself
  evaluates: () => eval('true'),
  // biome-ignore-end lint/security/noGlobalEval: the attack itself
  'makes a function of text': () => new Function('return true')(),
  'makes a function of a stolen constructor': () => (() => {}).constructor('return true')(),
  'makes a function of the constructor behind the bridge': () => {
    const { vigil } = window as unknown as { vigil: { call: { constructor: (text: string) => () => unknown } } };
    return vigil.call.constructor('return typeof process !== "undefined"')() === true;
  },
  'waits with text': () =>
    new Promise((resolve) => {
      delete window.breached;
      setTimeout('window.breached = true' as unknown as () => void, 0);
      setTimeout(() => resolve(window.breached === true), 50);
    }),
  'writes a script': () => {
    delete window.breached;
    const script = document.createElement('script');
    script.text = 'window.breached = true';
    document.body.append(script);
    script.remove();
    return window.breached === true;
  },
  'writes markup': () => {
    delete window.breached;
    const holder = document.body.appendChild(document.createElement('div'));
    try {
      holder.innerHTML = '<img src=x onerror="window.breached=true">';
      return true;
    } finally {
      holder.remove();
    }
  },
  'writes into the document': () => {
    document.write('<script>window.breached=true</script>');
    return true;
  },
  'hangs a script on an element': () => {
    delete window.breached;
    const button = document.createElement('button');
    button.setAttribute('onclick', 'window.breached = true');
    button.click();
    return window.breached === true;
  },
  'writes a style': () => {
    const style = document.head.appendChild(document.createElement('style'));
    style.append('body { outline: 7px solid red }');
    const applied = getComputedStyle(document.body).outlineWidth === '7px';
    style.remove();
    return applied;
  },
  'makes a policy of its own': () => {
    const { trustedTypes } = window as unknown as {
      trustedTypes: { createPolicy(name: string, rules: object): unknown };
    };
    return trustedTypes.createPolicy('evil', { createHTML: (text: string) => text }) !== null;
  },
  'loads a script of the web': () =>
    new Promise((resolve) => {
      const script = document.createElement('script');
      script.onload = () => resolve(true);
      script.onerror = () => resolve(false);
      script.src = 'https://example.com/x.js';
      document.body.append(script);
    }),
  'loads a script of data': () =>
    new Promise((resolve) => {
      const script = document.createElement('script');
      script.onload = () => resolve(true);
      script.onerror = () => resolve(false);
      script.src = 'data:text/javascript,1';
      document.body.append(script);
    }),
  'imports data': async () => {
    await import(/* @vite-ignore */ `data:text/javascript,export default ${1}`);
    return true;
  },
  'starts a worker': () =>
    new Promise((resolve) => {
      const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(1)'])));
      worker.onmessage = () => resolve(true);
      worker.onerror = () => resolve(false);
    }),
  'registers a service worker': async () => {
    await navigator.serviceWorker.register('vigil://app/assets/sw.js');
    return true;
  },
  'compiles WebAssembly': async () => {
    await WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
    return true;
  },
};

const network: Record<string, PageAttack> = {
  'fetches from the web': async () => (await fetch('https://example.com/')).ok,
  'fetches from this computer': async () => (await fetch('http://127.0.0.1:9/', { mode: 'no-cors' })) !== null,
  'fetches our own page': async () => (await fetch('vigil://app/index.html')).ok,
  'fetches a file': async () => (await fetch('file:///etc/passwd')).ok,
  'fetches data': async () => (await fetch('data:text/plain,x')).ok,
  'asks with XMLHttpRequest': () =>
    new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.onload = () => resolve(true);
      request.onerror = () => resolve(false);
      request.open('GET', 'vigil://app/index.html');
      request.send();
    }),
  'opens a WebSocket': () =>
    new Promise((resolve) => {
      const socket = new WebSocket('ws://127.0.0.1:9/');
      socket.onopen = () => resolve(true);
      socket.onerror = () => resolve(false);
    }),
  'listens to events of the web': () =>
    new Promise((resolve) => {
      const source = new EventSource('https://example.com/');
      source.onopen = () => resolve(true);
      source.onerror = () => resolve(false);
    }),
  'loads a picture of the web': () =>
    new Promise((resolve) => {
      const image = new Image();
      image.onload = () => resolve(true);
      image.onerror = () => resolve(false);
      image.src = 'https://example.com/x.png';
    }),
  'loads a picture of the disk': () =>
    new Promise((resolve) => {
      const image = new Image();
      image.onload = () => resolve(true);
      image.onerror = () => resolve(false);
      image.src = 'file:///usr/share/pixmaps/debian-logo.png';
    }),
  'loads a style of the web': () =>
    new Promise((resolve) => {
      const link = document.createElement('link');
      link.rel = 'stylesheet';
      link.onload = () => resolve(true);
      link.onerror = () => resolve(false);
      link.href = 'https://example.com/x.css';
      document.head.append(link);
    }),
  'loads a font of the web': async () => {
    await new FontFace('evil', 'url(https://example.com/x.woff2)').load();
    return true;
  },
  'plays a film of data': () =>
    new Promise((resolve) => {
      const video = document.createElement('video');
      video.onloadeddata = () => resolve(true);
      video.onerror = () => resolve(false);
      video.src = 'data:video/mp4,x';
    }),
  'shows its addresses to a peer': () =>
    new Promise((resolve) => {
      const peer = new RTCPeerConnection();
      peer.createDataChannel('x');
      peer.onicecandidate = ({ candidate }) => {
        if (candidate === null) resolve(false);
        else if (candidate.candidate !== '') resolve(true);
      };
      void peer.createOffer().then((offer) => peer.setLocalDescription(offer));
    }),
};

const frames: Record<string, PageAttack> = {
  'frames the web': () => {
    const frame = document.body.appendChild(document.createElement('iframe'));
    frame.src = 'https://example.com/';
    const inside = frame.contentDocument === null;
    frame.remove();
    return inside;
  },
  'frames our own page': () =>
    new Promise((resolve) => {
      const frame = document.createElement('iframe');
      frame.onload = () => {
        const reached = frame.contentDocument?.querySelector('script') ?? null;
        frame.remove();
        resolve(reached !== null);
      };
      frame.src = 'vigil://app/index.html';
      document.body.append(frame);
    }),
  'finds the bridge in a blank frame': () => {
    const frame = document.body.appendChild(document.createElement('iframe'));
    const found = 'vigil' in (frame.contentWindow ?? {});
    frame.remove();
    return found;
  },
  'runs a script in a written frame': () => {
    const frame = document.createElement('iframe');
    frame.srcdoc = '<script>parent.breached = true</script>';
    document.body.append(frame);
    frame.remove();
    return true;
  },
  'embeds an object': () =>
    new Promise((resolve) => {
      const object = document.createElement('object');
      object.onload = () => resolve(true);
      object.onerror = () => resolve(false);
      object.data = 'data:text/html,x';
      document.body.append(object);
    }),
  'makes a webview': () => {
    const view = document.body.appendChild(document.createElement('webview'));
    const works = 'loadURL' in view || 'getWebContentsId' in view;
    view.remove();
    return works;
  },
};

const permissions: Record<string, PageAttack> = {
  'asks for notifications': async () => (await Notification.requestPermission()) === 'granted',
  'asks for the camera': async () => (await navigator.mediaDevices.getUserMedia({ video: true })).active,
  'asks for the microphone': async () => (await navigator.mediaDevices.getUserMedia({ audio: true })).active,
  'asks for the screen': async () => (await navigator.mediaDevices.getDisplayMedia()).active,
  'asks for the place': () =>
    new Promise((resolve) => {
      navigator.geolocation.getCurrentPosition(
        () => resolve(true),
        () => resolve(false),
      );
    }),
  'reads the clipboard': async () => typeof (await navigator.clipboard.readText()) === 'string',
  'asks for MIDI': async () => (await navigator.requestMIDIAccess({ sysex: true })) !== null,
  'asks for storage that stays': () => navigator.storage.persist(),
  'asks for the wake lock': async () => (await navigator.wakeLock.request('screen')) !== null,
  'asks for a USB device': async () =>
    (await (navigator as unknown as { usb: { requestDevice(o: object): Promise<unknown> } }).usb.requestDevice({
      filters: [],
    })) !== null,
  'asks for a serial port': async () =>
    (await (navigator as unknown as { serial: { requestPort(): Promise<unknown> } }).serial.requestPort()) !== null,
  'asks for an input device': async () =>
    (
      await (navigator as unknown as { hid: { requestDevice(o: object): Promise<unknown[]> } }).hid.requestDevice({
        filters: [],
      })
    ).length > 0,
  'asks for the local fonts': async () =>
    (await (window as unknown as { queryLocalFonts(): Promise<unknown[]> }).queryLocalFonts()).length > 0,
  'takes the whole screen': async () => {
    await document.documentElement.requestFullscreen();
    return document.fullscreenElement !== null;
  },
};

const bridge: Record<string, PageAttack> = {
  'finds Node': () =>
    ['require', 'process', 'module', 'Buffer', 'global', 'electron', 'ipcRenderer'].some((name) => name in window),
  'finds more than call and subscribe': () => {
    const { vigil } = window as unknown as { vigil: object };
    return Object.keys(vigil).sort().join() !== 'call,subscribe';
  },
  'puts its own call in place': () => {
    const holder = window as unknown as { vigil: { call: unknown } };
    const evil = () => 'evil';
    try {
      holder.vigil.call = evil;
    } catch {}
    return holder.vigil.call === evil;
  },
  'calls what is no call': async () => {
    const { vigil } = window as unknown as { vigil: { call(name: unknown, input: unknown): Promise<{ ok: boolean }> } };
    const names = [
      '',
      'nope',
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'vigil:call',
      'machine.list\0',
      {},
      [],
      7,
      null,
    ];
    const outcomes = await Promise.all(names.map((name) => vigil.call(name, {}).catch(() => ({ ok: false }))));
    return outcomes.some(({ ok }) => ok);
  },
};

export const pageAttacks: Readonly<Record<string, PageAttack>> = {
  ...bridge,
  ...scripts,
  ...network,
  ...frames,
  ...permissions,
  ...windows,
  // Last: one that succeeds takes the page away from those after it.
  ...navigations,
};
