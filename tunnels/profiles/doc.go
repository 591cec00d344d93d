// Package profiles keeps tunnels in files: a readable YAML file for each profile,
// which people edit by hand and share by git. Nothing secret is ever in one.
package profiles
