#!/usr/bin/env node
// Runs the pinned Bun that came with `npm ci`. The `bun` package places its binary by an install script; where such
// scripts are not allowed, the platform package beside it still carries the plain binary, so that one is preferred.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);

function findBun() {
  const suffixes = ['', '-baseline', '-musl', '-musl-baseline'];
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const machine = process.arch === 'arm64' ? 'aarch64' : process.arch;
  for (const suffix of suffixes) {
    try {
      const manifest = require.resolve(`@oven/bun-${system}-${machine}${suffix}/package.json`);
      const binary = path.join(path.dirname(manifest), 'bin', process.platform === 'win32' ? 'bun.exe' : 'bun');
      if (existsSync(binary)) return binary;
    } catch {
      // Not this variant: npm installs only the ones that fit the platform.
    }
  }
  try {
    const placed = path.join(path.dirname(require.resolve('bun/package.json')), 'bin', 'bun.exe');
    if (existsSync(placed)) return placed;
  } catch {
    // Neither package is there; the message below says what to do.
  }
  console.error('Bun is not installed here. Run "npm ci" in the folder of Vask first.');
  process.exit(1);
}

/** Replaces this process with Bun where Node can do that, else runs Bun as a child and passes signals and exit code on. */
export function runBun(args) {
  const binary = findBun();
  if (typeof process.execve === 'function' && process.platform !== 'win32') {
    process.execve(binary, [binary, ...args], process.env);
  }
  const child = spawn(binary, args, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) runBun(process.argv.slice(2));
