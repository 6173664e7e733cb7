# What dh_plugin_stamp and dh_plugin_check share: which files of a package are stamped, and with which
# program its plugins are judged.
package Debian::Debhelper::Plugin;
use strict;
use warnings;
use Cwd qw(getcwd);
use Exporter qw(import);
use File::Find;
use Debian::Debhelper::Dh_Lib;

our @EXPORT_OK = qw(plugin_rows stamped_files has_stamp library_directories);

# plugin_rows PACKAGE: the lines of debian/PACKAGE.plugins, each as [HOST, PLUGIN...]. Plugins are paths
# of existing files of the package's build directory; HOST is the path of a file, or undef for "-".
sub plugin_rows {
    my ($package) = @_;
    my $list = pkgfile($package, 'plugins') or return;
    my @rows;
    for my $words (filedoublearray($list)) {
        my ($host, @patterns) = @{$words};
        error("$list: \"$host\" names no plugin: a line is HOST PLUGIN..., or - FILE...") if not @patterns;
        my @plugins = glob_expand([tmpdir($package)], \&glob_expand_error_handler_reject, @patterns);
        push @rows, [$host eq '-' ? undef : find_host($package, $host, $list), @plugins];
    }
    return @rows;
}

# A host is in the package, in another one of the source, or installed for the build.
sub find_host {
    my ($package, $host, $list) = @_;
    for my $root ((map { tmpdir($_) } $package, getpackages('arch')), '/') {
        my ($found) = glob_expand([$root], \&glob_expand_error_handler_silently_ignore, $host);
        return $found if defined $found and -f $found;
    }
    error("$list: no package of this source has $host, nor is it installed: "
        . 'build-depend on the package that has it');
}

# stamped_files PACKAGE: the files of the package that have a stamp, or need one: those that
# debian/PACKAGE.plugins lists, and those that use libplugin.
sub stamped_files {
    my ($package) = @_;
    my %files = map { $_ => 1 } map { @{$_}[1 .. $#{$_}] } plugin_rows($package);
    my $wanted = sub {
        return if -l $_ or not -f _ or m{/usr/lib/debug/};
        $files{$_} = 1 if is_so_or_exec_elf_file($_) and uses_plugin($package, $_);
    };
    find({ wanted => $wanted, no_chdir => 1 }, tmpdir($package)) if -d tmpdir($package);
    return sort keys %files;
}

# Is it linked with libplugin, or does it have what the macros of <plugin.h> leave?
sub uses_plugin {
    my ($package, $file) = @_;
    my $told = readelf($package, $file);
    return $told =~ /\(NEEDED\).*\[libplugin\.so\./ || $told =~ /\splugin_(?:probes|marks|inits|infos)\s/;
}

sub has_stamp {
    my ($package, $file) = @_;
    return readelf($package, $file) =~ /\s\.plugin\s/;
}

sub readelf {
    my ($package, $file) = @_;
    return qx_cmd(cross_command($package, 'readelf'), '-SdW', '--', $file);
}

# The directories of the packages of this source that have shared libraries: files that need them are
# stamped and judged before any of it is installed.
sub library_directories {
    my %directories;
    for my $package (getpackages('arch')) {
        my $wanted = sub { $directories{ getcwd() . "/$File::Find::dir" } = 1 if m{/lib[^/]*\.so\.[^/]*$}; };
        find({ wanted => $wanted, no_chdir => 1 }, tmpdir($package)) if -d tmpdir($package);
    }
    return sort keys %directories;
}

1;
