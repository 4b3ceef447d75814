#!/bin/sh
# Makes the file system of the Debian guest. Runs as root, in mount and process namespaces of its own where it may have them.
#
#   debian-build.sh WORK OWNER [MIRROR]
#
# WORK/files is laid over the bare system. Leaves WORK/disk.raw, WORK/vmlinuz, WORK/busybox and WORK/modules (in the order in
# which they are loaded), all of them OWNER's, and nothing else.
set -eu
work=$1
owner=$2
mirror=${3:-}
root=$work/root
export LC_ALL=C DEBIAN_FRONTEND=noninteractive PATH=/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin

clean_up() {
  umount -q "$root/proc" "$root/sys" || true
  rm -rf --one-file-system "$root"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

packages=systemd,systemd-sysv,udev,dbus,netbase,iproute2,openssh-server,qemu-guest-agent,busybox-static
debootstrap --variant=minbase --include="$packages,linux-image-cloud-amd64" bookworm "$root" $mirror
umount -q "$root/proc" "$root/sys" || true

# Its own host key is laid over it.
rm -f "$root"/etc/ssh/ssh_host_*
cp -rT --no-preserve=ownership "$work/files" "$root"
chmod 0700 "$root/root/.ssh"
chmod 0600 "$root/root/.ssh/authorized_keys" "$root"/etc/ssh/ssh_host_*_key
chroot "$root" useradd --create-home --shell /bin/bash vigil
cp -rT "$root/root/.ssh" "$root/home/vigil/.ssh"
chroot "$root" chown -R vigil:vigil /home/vigil/.ssh
printf 'root:vigil\nvigil:vigil\n' | chroot "$root" chpasswd

chroot "$root" systemctl --quiet enable systemd-networkd.service
chroot "$root" systemctl --quiet set-default multi-user.target
# What nobody here waits for: under emulation each of them is half a second of the boot, and a timer may go off in a test.
chroot "$root" systemctl --quiet mask \
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer \
  systemd-tmpfiles-clean.timer getty@tty1.service systemd-networkd-wait-online.service \
  dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount \
  sys-fs-fuse-connections.mount proc-sys-fs-binfmt_misc.automount \
  modprobe@configfs.service modprobe@dm_mod.service modprobe@drm.service modprobe@efi_pstore.service \
  modprobe@fuse.service modprobe@loop.service kmod-static-nodes.service systemd-modules-load.service \
  systemd-network-generator.service systemd-pstore.service systemd-repart.service systemd-firstboot.service \
  systemd-sysusers.service systemd-update-utmp.service systemd-update-utmp-runlevel.service systemd-binfmt.service \
  systemd-initctl.socket systemd-journald-audit.socket
mkdir -p "$root/etc/systemd/system-generators"
for name in systemd-bless-boot-generator systemd-cryptsetup-generator systemd-debug-generator systemd-gpt-auto-generator \
  systemd-hibernate-resume-generator systemd-integritysetup-generator systemd-rc-local-generator systemd-run-generator \
  systemd-system-update-generator systemd-sysv-generator systemd-veritysetup-generator; do
  ln -s /dev/null "$root/etc/systemd/system-generators/$name"
done

version=$(basename "$root"/lib/modules/*)
cp "$root/boot/vmlinuz-$version" "$work/vmlinuz"
cp "$root/bin/busybox" "$work/busybox"
mkdir "$work/modules"
for name in virtio_pci virtio_blk ext4; do
  chroot "$root" modprobe --set-version "$version" --show-depends "$name"
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | {
  count=10
  while read -r file; do
    cp "$root$file" "$work/modules/$count-$(basename "$file")"
    count=$((count + 1))
  done
}

rm -rf "$root"/boot/* "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/*.log \
  "$root"/usr/share/doc/* "$root"/usr/share/man/* "$root"/usr/share/locale/* "$root"/usr/share/info/*
# Filled in at the first boot, without the questions of a first boot.
: >"$root/etc/machine-id"
rm -f "$root/var/lib/dbus/machine-id"
mke2fs -q -t ext4 -L root -E lazy_itable_init=0,lazy_journal_init=0 -d "$root" "$work/disk.raw" 2G
chown -R "$owner" "$work/disk.raw" "$work/vmlinuz" "$work/busybox" "$work/modules"
