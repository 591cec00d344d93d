package cli

import (
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"
)

// openOwned opens a file of a folder when it belongs to the user, to administrators
// or to the system. What is opened is what was looked at: no link is followed. Who
// else may change it is not asked: by default nobody may write to files of others.
func openOwned(dir, name string) (*os.File, error) {
	path := filepath.Join(dir, name)
	wide, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	handle, err := windows.CreateFile(wide, windows.GENERIC_READ|windows.READ_CONTROL,
		windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE, nil, windows.OPEN_EXISTING,
		windows.FILE_ATTRIBUTE_NORMAL|windows.FILE_FLAG_OPEN_REPARSE_POINT, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	if err := owned(handle); err != nil {
		_ = windows.CloseHandle(handle) // it was only looked at
		return nil, err
	}
	return os.NewFile(uintptr(handle), path), nil
}

func owned(handle windows.Handle) error {
	var info windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(handle, &info); err != nil {
		return err
	}
	kind, err := windows.GetFileType(handle)
	switch {
	case err != nil:
		return err
	case info.FileAttributes&windows.FILE_ATTRIBUTE_REPARSE_POINT != 0:
		return &notOurs{"it is a link", "Put the file itself there."}
	case kind != windows.FILE_TYPE_DISK || info.FileAttributes&windows.FILE_ATTRIBUTE_DIRECTORY != 0:
		return &notOurs{"it is not a file", "Put a file there."}
	}
	about, err := windows.GetSecurityInfo(handle, windows.SE_FILE_OBJECT, windows.OWNER_SECURITY_INFORMATION)
	if err != nil {
		return err
	}
	owner, _, err := about.Owner()
	if err != nil {
		return err
	}
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return err
	}
	trusted := owner.Equals(user.User.Sid) || owner.IsWellKnown(windows.WinBuiltinAdministratorsSid) ||
		owner.IsWellKnown(windows.WinLocalSystemSid)
	if !trusted {
		return &notOurs{"it belongs to another user", "Make it your own, or look at it first."}
	}
	return nil
}

// sameFileSystem says whether two folders are on one volume.
func sameFileSystem(a, b string) bool {
	return strings.EqualFold(filepath.VolumeName(a), filepath.VolumeName(b))
}
