#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
#
# First process of the guest: a writable view of the host's root, the file systems that containers and BPF need, the
# command, its exit status on a line of its own, power off. /modules lists the kernel modules in loading order, /visible
# the directories below /tmp and /run that shall be seen.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
b=/bin/busybox

finish() {
  $b echo
  $b echo "eunomia-vm-exit: $1"
  $b sync
  $b poweroff -f
}
fail() {
  $b echo "eunomia-vm: $1"
  finish 125
}

$b mkdir -p /proc /sys /dev /host /scratch /root
$b mount -t proc proc /proc
$b mount -t sysfs sys /sys
$b mount -t devtmpfs dev /dev
while read -r module; do
  $b insmod "$module" || fail "insmod $module failed"
done </modules

$b mount -t 9p -o trans=virtio,version=9p2000.L,msize=1048576,ro,cache=loose host /host || fail "no root over 9p"
$b mount -t tmpfs -o size=3g scratch /scratch
$b mkdir -p /scratch/upper /scratch/work
$b mount -t overlay -o lowerdir=/host,upperdir=/scratch/upper,workdir=/scratch/work overlay /root ||
  fail "no overlay on the root"

cd /root || fail "no root"
$b mount -t proc proc proc
$b mount -t sysfs sys sys
$b mount -t devtmpfs dev dev
$b mkdir -p dev/pts dev/shm
$b mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts dev/pts
$b mount -t tmpfs tmpfs dev/shm
$b ln -sf /proc/self/fd dev/fd
# dockerd puts its layers on /run and /tmp: an overlay cannot lie on an overlay.
$b mount -t tmpfs -o mode=755 tmpfs run
$b mount -t tmpfs -o mode=1777 tmpfs tmp
while read -r directory; do
  $b mkdir -p "/root$directory"
  $b mount --bind "/host$directory" "/root$directory" || fail "no $directory"
done </visible
$b mkdir -p run/lock var/lib/docker
$b mount -t tmpfs tmpfs var/lib/docker
$b mount -t cgroup2 cgroup2 sys/fs/cgroup
$b mount -t bpf bpf sys/fs/bpf
$b mount -t securityfs securityfs sys/kernel/security
$b mount -t tracefs tracefs sys/kernel/tracing
$b ip link set lo up
$b hostname eunomia-vm
$b dmesg -n 4

$b cp /command run/vm-command
# Over the initramfs, not beside it: who joins a mount namespace (docker exec) starts at what lies uppermost on its root.
$b mount --move /root / || fail "the root cannot be moved"
# setsid -c: a controlling terminal, for what wants one.
$b chroot . /bin/busybox setsid -c /bin/sh /run/vm-command </dev/console >/dev/console 2>&1
finish $?
