#!/bin/sh
# Makes the whole content of the image: the program, the parts of the C library that it names, and a user without rights.
#   root-folder.sh PROGRAM FOLDER
set -eu
program=$1
folder=$2
mkdir -p "$folder/usr/local/bin" "$folder/etc" "$folder/data" "$folder/tmp"
cp "$program" "$folder/usr/local/bin/vask"
# Paths in the output of ldd: with "=>" for libraries, alone for the loader.
ldd "$program" | grep -o '/[^ ]*' | while read -r library; do
    mkdir -p "$folder$(dirname "$library")"
    cp -L "$library" "$folder$library"
done
echo 'vask:x:65532:65532::/data:/nonexistent' > "$folder/etc/passwd"
echo 'vask:x:65532:' > "$folder/etc/group"
echo 'hosts: files dns' > "$folder/etc/nsswitch.conf"
chown 65532:65532 "$folder/data"
chmod 700 "$folder/data"
chmod 1777 "$folder/tmp"
