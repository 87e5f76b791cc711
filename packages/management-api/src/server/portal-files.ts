import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';

/** Of which process the portal is; everybody who opens it may know. */
export interface PortalProcess {
  readonly fspId: string;
  readonly environment: string;
  readonly sandbox: boolean;
  /** How the provider of single sign-on is called; absent: there is none. */
  readonly singleSignOn?: string;
  /** Where the portal is the bank’s own: its name, and the address of its logo here. */
  readonly brand?: { readonly name?: string; readonly logo?: string };
  /** Portals of the bank’s other environments. */
  readonly portals?: readonly { readonly name: string; readonly url: string }[];
}

/** A file as it is sent. */
export interface PortalFile {
  readonly type: string;
  readonly content: Buffer;
  /** `br`: as it is kept; undefined: as it is. */
  readonly encoding: 'br' | undefined;
}

/** The portal’s files, read when they are first asked for: a start reads none. */
export interface PortalFiles {
  /** `index.html` with the nonce of this answer, for any page; `style`: address of one more style sheet. Undefined: this installation has no portal. */
  page(nonce: string, process: PortalProcess, style?: string): Promise<string | undefined>;
  /** A file of `assets`, whose name is that of its content. Undefined: there is none. */
  asset(name: string, acceptsBrotli: boolean): Promise<PortalFile | undefined>;
  icon(): Promise<PortalFile | undefined>;
}

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
};
/** As Vite names files: nothing that leads to another folder. */
const ASSET = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.(js|css|svg|woff2)$/;
const ESCAPED: Readonly<Record<string, string>> = { '&': '&amp;', '"': '&quot;', '<': '&lt;', '>': '&gt;' };

const escaped = (text: string): string => text.replace(/[&"<>]/g, (one) => ESCAPED[one] ?? '');

const unpack = promisify(brotliDecompress);

/** Files of the folder that `./pm portal build` made. Each is kept once it was read; there are some fifty small ones. */
export function portalFiles(folder: URL): PortalFiles {
  const read = new Map<string, Promise<Buffer | undefined>>();
  const once = (key: string, make: () => Promise<Buffer | undefined>): Promise<Buffer | undefined> => {
    const known = read.get(key) ?? make();
    // what is not there is not kept: its names are without number
    read.set(key, known);
    known.then(
      (found) => found ?? read.delete(key),
      () => read.delete(key),
    );
    return known;
  };
  const file = (path: string): Promise<Buffer | undefined> => once(path, () => contentOf(new URL(path, folder)));
  return {
    async page(nonce, process, style) {
      const html = (await file('index.html'))?.toString('utf8');
      const { name, logo } = process.brand ?? {};
      // as functions: `$&` in what is put in means nothing
      return html
        ?.replaceAll('%NONCE%', () => nonce)
        .replace(/<title>[^<]*/, (title) => (name === undefined ? title : `<title>${escaped(name)}`))
        .replace('</title>', () => `</title>\n    <meta name="pm-process" content="${escaped(JSON.stringify(process))}" />`)
        .replace(/<link rel="icon"[^>]*>/, (link) => (logo === undefined ? link : `<link rel="icon" href="${logo}" />`))
        .replace('</head>', () => `${style === undefined ? '' : `  <link rel="stylesheet" href="${style}" />\n  `}</head>`);
    },
    async asset(name, acceptsBrotli) {
      const [, extension = ''] = ASSET.exec(name) ?? [];
      if (extension === '') return undefined;
      const packed = await file(`assets/${name}.br`);
      if (packed === undefined) return undefined;
      const type = TYPES[extension] ?? 'application/octet-stream';
      if (acceptsBrotli) return { type, content: packed, encoding: 'br' };
      const content = await once(`${name} unpacked`, () => unpack(packed));
      return content && { type, content, encoding: undefined };
    },
    async icon() {
      const content = await file('favicon.svg');
      return content && { type: TYPES['svg'] ?? '', content, encoding: undefined };
    },
  };
}

async function contentOf(file: URL): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
