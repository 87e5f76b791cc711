import { type Extension, FspiopError } from './errors.ts';

/** The versions that are spoken, per resource, `major.minor`. A resource that is not named is not offered. */
export interface SupportedVersions {
  readonly [resource: string]: readonly string[];
}

/** The message sets that differ: 1.0; 1.1 and later 1.x; 2.x (docs/protocol.md, 3). */
export type VersionFamily = '1.0' | '1.1' | '2.0';

/** The message set of a version: minor versions only add optional members. */
export function versionFamily(version: string): VersionFamily {
  const [major, minor] = version.split('.');
  if (Number(major) >= 2) return '2.0';
  return minor === '0' ? '1.0' : '1.1';
}

/** A charset parameter is ignored as the protocol says (docs/protocol.md, 1), provided that it names the one charset there is. */
const CONTENT_TYPE =
  /^application\/vnd\.interoperability(\.iso20022)?\.([a-zA-Z]+)\+json\s?;\s?version=(\d{1,4}\.\d{1,4})(?:\s*;\s*charset="?utf-8"?)?$/i;
const ACCEPT_ITEM = /^application\/vnd\.interoperability(\.iso20022)?\.([a-zA-Z]+)\+json(?:\s?;\s?version=(\d{1,4})(?:\.(\d{1,4}))?)?$/i;
const MEDIA_TYPE_LENGTH_MAX = 1024;
/** How a description names the header: on the wire's own name the testing toolkit's negative cases look, and on `body`. */
const CONTENT_TYPE_NAME = 'content-type of the body';

/**
 * The version of a Content-Type. Throws 3102 when the header is missing, 3101 when it is malformed, without minor
 * version, of another resource or of the ISO 20022 flavour, 3001 (406) when the version is not supported.
 */
export function contentVersion(header: string | undefined, resource: string, supported: SupportedVersions): string {
  if (header === undefined || header === '') throw new FspiopError('3102', `${CONTENT_TYPE_NAME} is missing`);
  const read = CONTENT_TYPES.of(header);
  if (read === undefined) throw new FspiopError('3101', `${CONTENT_TYPE_NAME} has the wrong format`);
  if (read.iso || read.resource !== resource) throw new FspiopError('3101', `${CONTENT_TYPE_NAME} does not fit the resource`);
  const { version } = read;
  if (!offered(resource, supported).includes(version)) throw notSupported(CONTENT_TYPE_NAME, resource, supported);
  return version;
}

/**
 * The version in which to answer, negotiated by Accept: its items in order of preference; `version=1` is any 1.x, no
 * version is any. Where an item leaves a choice, the version of the request itself is taken if it fits (that one the peer
 * certainly speaks), else the latest. Throws 3102, 3101 and 3001 like `contentVersion`.
 */
export function answerVersion(header: string | undefined, resource: string, supported: SupportedVersions, requestVersion: string): string {
  if (header === undefined || header === '') throw new FspiopError('3102', 'accept is missing');
  if (header.length > MEDIA_TYPE_LENGTH_MAX) throw new FspiopError('3101', 'accept is too long');
  const items = ACCEPTS.of(header);
  if (items === undefined) throw new FspiopError('3101', 'accept has the wrong format');
  const fitting = items.filter((item) => item.resource === resource);
  if (fitting.length === 0) throw new FspiopError('3101', 'accept does not fit the resource');
  const versions = offered(resource, supported);
  for (const item of fitting) {
    const version = item.iso ? undefined : choose(versions, requestVersion, item.major, item.minor);
    if (version !== undefined) return version;
  }
  throw notSupported('accept', resource, supported);
}

interface AcceptItem {
  iso: boolean;
  resource: string;
  major: string | undefined;
  minor: string | undefined;
}

/** Undefined when it has the wrong format. */
function readAccept(header: string): readonly AcceptItem[] | undefined {
  const items: AcceptItem[] = [];
  for (const text of header.split(',')) {
    if (text.trim() === '') continue;
    const match = ACCEPT_ITEM.exec(text.trim());
    if (match === null) return undefined;
    items.push({ iso: match[1] !== undefined, resource: match[2] ?? '', major: match[3], minor: match[4] });
  }
  return items;
}

/** Undefined when it has the wrong format. */
function readContentType(header: string): { readonly iso: boolean; readonly resource: string; readonly version: string } | undefined {
  const match = header.length > MEDIA_TYPE_LENGTH_MAX ? null : CONTENT_TYPE.exec(header);
  return match === null ? undefined : { iso: match[1] !== undefined, resource: match[2] ?? '', version: match[3] ?? '' };
}

/** So many different headers are remembered, and of each the length that may be read at all: peers send a handful. */
const REMEMBERED_MAX = 64;

/** What texts were read as, for those that come with nearly every message. */
class ReadTexts<T> {
  readonly #read: (text: string) => T;
  readonly #known = new Map<string, T>();

  constructor(read: (text: string) => T) {
    this.#read = read;
  }

  of(text: string): T {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const read = this.#read(text);
    if (this.#known.size >= REMEMBERED_MAX) this.#known.clear();
    if (read !== undefined) this.#known.set(text, read);
    return read;
  }
}

const CONTENT_TYPES = new ReadTexts(readContentType);
const ACCEPTS = new ReadTexts(readAccept);

function choose(
  versions: readonly string[],
  requestVersion: string,
  major: string | undefined,
  minor: string | undefined,
): string | undefined {
  if (minor !== undefined) return versions.find((version) => version === `${major}.${minor}`);
  const fitting = major === undefined ? versions : versions.filter((version) => version.startsWith(`${major}.`));
  return fitting.includes(requestVersion) ? requestVersion : latest(fitting);
}

function latest(versions: readonly string[]): string | undefined {
  return [...versions].sort(byVersion).at(-1);
}

function byVersion(left: string, right: string): number {
  const [leftMajor = 0, leftMinor = 0] = left.split('.').map(Number);
  const [rightMajor = 0, rightMinor = 0] = right.split('.').map(Number);
  return leftMajor - rightMajor || leftMinor - rightMinor;
}

function offered(resource: string, supported: SupportedVersions): readonly string[] {
  const versions = Object.hasOwn(supported, resource) ? supported[resource] : undefined;
  if (versions === undefined || versions.length === 0) throw new FspiopError('2002', `${resource} is not offered`);
  return versions;
}

/** The list of what is supported: key = major, value = minor (docs/protocol.md, 3). */
function notSupported(header: string, resource: string, supported: SupportedVersions): FspiopError {
  const extension: Extension[] = [...offered(resource, supported)].sort(byVersion).map((version) => {
    const [key = '', value = ''] = version.split('.');
    return { key, value };
  });
  return new FspiopError('3001', `version in ${header} is not supported`, { extensionList: { extension } });
}

/** The Content-Type of a message. */
export function contentTypeText(resource: string, version: string): string {
  return `application/vnd.interoperability.${resource}+json;version=${version}`;
}
