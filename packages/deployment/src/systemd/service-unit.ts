/** What the unit of one Payment Manager needs to know. Paths are absolute. */
export interface ServiceUnit {
  /** The user and the group that it runs as. */
  readonly user: string;
  /** `pm` of the installation. */
  readonly program: string;
  readonly configFile: string;
  /** The only folders that it may write to: the data folder first. */
  readonly writable: readonly [string, ...string[]];
  /** In systemd's words, `1G`. */
  readonly memoryMax: string;
  /** How long it may take to finish what it has begun: `shutdown.drainMs` and `shutdown.graceMs` together. Milliseconds. */
  readonly stopMs: number;
  /** A port below 1024 is among those that it listens at. */
  readonly lowPorts: boolean;
}

/**
 * The unit, with no more rights than a Payment Manager needs. V8 makes code at run time, so memory may be made executable; nothing else of
 * systemd's sandbox is left out. @throws Error for a value that a unit cannot hold
 */
export function serviceUnit(unit: ServiceUnit): string {
  const { user, program, configFile, writable, memoryMax, stopMs, lowPorts } = unit;
  for (const path of [program, configFile, ...writable]) {
    if (!/^\/[\w./@+-]+$/.test(path))
      throw new Error(`A path of a service consists of letters, digits and . / _ @ + - and begins with /: ${path}`);
  }
  if (!/^[a-z_][a-z0-9_-]{0,30}$/.test(user)) throw new Error(`This is not the name of a user: ${user}`);
  if (!/^\d{1,6}[KMGT]$/.test(memoryMax)) throw new Error(`A limit of memory looks like 512M or 1G, not ${memoryMax}`);
  const capability = lowPorts ? 'CAP_NET_BIND_SERVICE' : '';
  return `# Written by \`./pm install-service\`; what you change stands better in payment-manager.service.d/.
[Unit]
Description=Payment Manager
Documentation=file:${program.replace(/\/pm$/, '')}/docs/operations/service.md
Wants=network-online.target
After=network-online.target time-sync.target

[Service]
User=${user}
Group=${user}
WorkingDirectory=${writable[0]}
ExecStart=${program} run --config ${configFile}
# what needs no restart is in force then
ExecReload=/bin/kill -HUP $MAINPID
Environment=NODE_COMPILE_CACHE=${writable[0]}/compiled
EnvironmentFile=-${configFile.replace(/[^/]+$/, 'secrets')}
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
ProtectSystem=strict
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
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
ReadWritePaths=${writable.join(' ')}

[Install]
WantedBy=multi-user.target
`;
}
