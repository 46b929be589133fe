import CZlib

/// Compresses with gzip at level 1, which is quick and takes a page to a tenth.
///
/// - Returns: nil where zlib has no memory or there are more than 4 GiB.
public func gzip(_ bytes: [UInt8]) -> [UInt8]? {
    guard let inputSize = UInt32(exactly: bytes.count) else { return nil }
    var stream = unsafe z_stream()
    // 15 bits of window, and 16 more mean gzip rather than zlib.
    let isReady = unsafe deflateInit2_(
        &stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, zlibVersion(), Int32(MemoryLayout<z_stream>.size))
    guard isReady == Z_OK else { return nil }
    defer { unsafe deflateEnd(&stream) }
    let capacity = unsafe Int(deflateBound(&stream, UInt(bytes.count)))
    var isComplete = false
    let compressed = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
        unsafe bytes.withUnsafeBufferPointer { input in
            // zlib doesn't write to its input; only its old declaration lacks the const.
            unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            unsafe stream.avail_in = inputSize
            unsafe stream.next_out = output.baseAddress
            unsafe stream.avail_out = UInt32(clamping: output.count)
            isComplete = unsafe deflate(&stream, Z_FINISH) == Z_STREAM_END
            count = unsafe Int(stream.total_out)
        }
    }
    return isComplete ? compressed : nil
}

/// Reads what ``gzip(_:)`` wrote, for those who check a page.
///
/// - Parameter limit: the largest result, in bytes. The default is 64 MiB.
/// - Returns: nil where it isn't whole, is larger, or something follows.
package func gunzip(_ bytes: [UInt8], limit: Int = 64 << 20) -> [UInt8]? {
    guard let inputSize = UInt32(exactly: bytes.count) else { return nil }
    var stream = unsafe z_stream()
    let isReady = unsafe inflateInit2_(&stream, 15 + 16, zlibVersion(), Int32(MemoryLayout<z_stream>.size))
    guard isReady == Z_OK else { return nil }
    defer { unsafe inflateEnd(&stream) }
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    return unsafe bytes.withUnsafeBufferPointer { input in
        unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        unsafe stream.avail_in = inputSize
        while true {
            let (status, count) = unsafe chunk.withUnsafeMutableBufferPointer { output in
                unsafe stream.next_out = output.baseAddress
                unsafe stream.avail_out = UInt32(output.count)
                let status = unsafe inflate(&stream, Z_NO_FLUSH)
                return unsafe (status, output.count - Int(stream.avail_out))
            }
            result += chunk[..<count]
            guard result.count <= limit else { return nil }
            if status == Z_STREAM_END { return unsafe stream.avail_in == 0 ? result : nil }
            guard status == Z_OK, count > 0 else { return nil }
        }
    }
}
