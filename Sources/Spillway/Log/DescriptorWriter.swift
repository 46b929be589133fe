#if canImport(Glibc)
    import Glibc
#endif

/// Writes bytes to an open file descriptor, such as standard output.
package enum DescriptorWriter {
    /// Writes everything, or answers false when it can't. It waits as long as the other end doesn't read.
    package static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var written = 0
        while written < bytes.count {
            // Safe: the pointer is used within the closure only, and the count is that of what lies behind it.
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
                return unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
            }
            if count > 0 {
                written += count
            } else if count < 0, errno == EAGAIN {
                // Somebody has set the terminal or pipe, which processes share, to not wait.
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&ready, 1, -1)
            } else if count < 0, errno == EINTR {
                continue
            } else {
                return false
            }
        }
        return true
    }
}
