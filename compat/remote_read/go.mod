module tidemark/compat/remote_read

go 1.24

require (
	github.com/golang/snappy v1.0.0
	github.com/prometheus/common v0.67.5
	github.com/prometheus/prometheus v0.306.0
)
