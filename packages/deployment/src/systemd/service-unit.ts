/** The unit's name, and the user's, where nothing else is said. */
export const SERVICE_NAME = 'payment-manager';

/** How every unit of ours begins: what begins otherwise was written by somebody else. */
export const UNIT_MARK = '# Written by `./pm install-service`';

/** Folders that the unit's sandbox (ProtectHome, PrivateTmp) shows empty: nothing that it needs may lie there. */
const HIDDEN = ['/home', '/root', '/run/user', '/tmp', '/var/tmp'];

/** The folder that hides this absolute path from the unit; undefined: it sees it. */
export function hiddenBy(path: string): string | undefined {
  return HIDDEN.find((folder) => `${path}/`.startsWith(`${folder}/`));
}

/** What the unit of one Payment Manager needs to know. Paths are absolute. */
export interface ServiceUnit {
  /** Of the unit, without `.service`. */
  readonly name: string;
  /** The user and the group that it runs as. */
  readonly user: string;
  /** `pm` of the installation. */
  readonly program: string;
  readonly configFile: string;
  /** Which of the configuration's environments; undefined: as the file says. */
  readonly environment: string | undefined;
  /** `payments` or `management`; undefined: as the file says. */
  readonly role: string | undefined;
  /** Files with variables, `NAME=value`, read where they are there; the later ones win. */
  readonly variableFiles: readonly string[];
  /** The only folders that it may write to: the data folder first. */
  readonly writable: readonly [string, ...string[]];
  /** In systemd's words, `1G`. */
  readonly memoryMax: string;
  /** How long it may take to finish what it has begun: `shutdown.drainMs` and `shutdown.graceMs` together. Milliseconds. */
  readonly stopMs: number;
  /** A port below 1024 is among those that it listens at. */
  readonly lowPorts: boolean;
}

const SANDBOX = `ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectProc=invisible
ProtectClock=yes
ProtectHostname=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX`;

/**
 * The unit, with no more rights than a Payment Manager needs. V8 makes code at run time, so memory may be made executable; nothing else of
 * systemd's sandbox is left out. @throws Error for a value that a unit cannot hold
 */
export function serviceUnit(unit: ServiceUnit): string {
  const { name, user, program, configFile, environment, role, variableFiles, writable, memoryMax, stopMs, lowPorts } = unit;
  for (const path of [program, configFile, ...variableFiles, ...writable]) {
    if (!/^\/[\w./@+-]+$/.test(path))
      throw new Error(`A path of a service consists of letters, digits and . / _ @ + - and begins with /: ${path}`);
  }
  if (!/^[a-z][a-z0-9-]{0,47}$/.test(name)) throw new Error(`The name of a service consists of small letters, digits and -: ${name}`);
  if (!/^[a-z_][a-z0-9_-]{0,30}$/.test(user)) throw new Error(`This is not the name of a user: ${user}`);
  if (!/^\d{1,6}[KMGT]$/.test(memoryMax)) throw new Error(`A limit of memory looks like 512M or 1G, not ${memoryMax}`);
  for (const word of [environment, role])
    if (word !== undefined && !/^[\w.-]+$/.test(word)) throw new Error(`A name in a unit consists of letters, digits and . _ -: ${word}`);
  const capability = lowPorts ? 'CAP_NET_BIND_SERVICE' : '';
  return `${UNIT_MARK}; what you change stands better in ${name}.service.d/.
[Unit]
Description=Payment Manager${name === SERVICE_NAME ? '' : ` (${name})`}
Documentation=file:${program.replace(/\/pm$/, '')}/docs/operations/service.md
Wants=network-online.target
After=network-online.target time-sync.target

[Service]
User=${user}
Group=${user}
WorkingDirectory=${writable[0]}
ExecStart=${program} run --config ${configFile}${environment === undefined ? '' : ` --environment ${environment}`}
# what needs no restart is in force then
ExecReload=/bin/kill -HUP $MAINPID
Environment=NODE_COMPILE_CACHE=${writable[0]}/compiled${role === undefined ? '' : ` PM_ROLE=${role}`}
${variableFiles.map((file) => `EnvironmentFile=-${file}`).join('\n')}
# 78 and 64: the configuration or the command cannot be used; starting again does not help
Restart=always
RestartSec=2
RestartPreventExitStatus=78 64
# longer than shutdown.drainMs and shutdown.graceMs together
TimeoutStopSec=${Math.ceil(stopMs / 1_000) + 10}
KillMode=mixed
MemoryMax=${memoryMax}
LimitNOFILE=65536
TasksMax=512
UMask=0077
NoNewPrivileges=yes
CapabilityBoundingSet=${capability}
AmbientCapabilities=${capability}
${SANDBOX}
ReadWritePaths=${writable.join(' -')}

[Install]
WantedBy=multi-user.target
`;
}
